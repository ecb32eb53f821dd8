import { NumpyRandom } from '../dataset/random';
import type { Samples } from '../dataset/samples';
import { onnxForward, type ForwardEngine } from '../engine/forwardEngine';
import type { CheckedEmbeddings } from '../evaluate/selfCheck';
import { decodeImage } from '../image/decode';
import { encodeJpeg } from '../image/encode';
import type { ForwardPassOptions } from '../input/forwardPass';
import { type InputRecipe, plainVariant } from '../input/prepareImage';
import { imageRows, type RowSource } from '../input/rows';
import { createEmbedder, type EmbedderModel } from './embedder';

/** Enough for a mean; each costs three forward passes. */
const mostImages = 48;
/** What libjpeg takes where nothing is said. */
const jpegQuality = 75;
/** Draws for each image that is wanted, so that people who have one already are passed over. */
const drawsPerImage = 8;
const looks = ['plain', 'mirrored', 'recompressed'] as const;

/**
 * Which images are looked at: up to 48, of as many people as there are, a function of the seed; ascending.
 * @param samples at least one
 */
export function sampleForCheck(samples: Pick<Samples, 'length' | 'label'>, seed: number): number[] {
  const all = Array.from({ length: Math.min(samples.length, mostImages) }, (_, index) => index);
  if (samples.length <= mostImages) return all;
  const random = new NumpyRandom(seed);
  const people = new Set<number>();
  const chosen = new Set<number>();
  const others = new Set<number>();
  for (let draw = 0; draw < drawsPerImage * mostImages && chosen.size < mostImages; draw++) {
    // Whole numbers beyond 32 bits, which an interval does not give.
    const index = Math.floor(random.uniform(0, samples.length));
    const person = samples.label(index);
    (people.has(person) ? others : chosen).add(index);
    people.add(person);
  }
  for (const index of [...others, ...all]) if (chosen.size < mostImages) chosen.add(index);
  return [...chosen].sort((a, b) => a - b);
}

/**
 * Embeddings of some images of a set: as they are, mirrored, and after JPEG compression of quality 75.
 * @param engine computes the forward passes
 * @throws UserError naming an unreadable image, StoppedError once the signal is aborted
 */
export async function checkEmbeddings(
  model: EmbedderModel,
  samples: Pick<Samples, 'length' | 'label' | 'path'>,
  { seed, engine = onnxForward, ...options }: ForwardPassOptions & { seed: number; engine?: ForwardEngine },
): Promise<CheckedEmbeddings> {
  const chosen = sampleForCheck(samples, seed);
  const paths = chosen.map((index) => samples.path(index));
  const rows = lookRows(paths, model.recipe);
  const input = { stage: 0, rows: async (): Promise<RowSource> => rows };
  const embedder = await createEmbedder(model, { engine, input });
  try {
    const { dimension } = embedder;
    const all = await embedder.embed(
      looks.flatMap(() => paths),
      options,
    );
    const [plain, mirrored, recompressed] = looks.map((_, look) =>
      all.subarray(look * paths.length * dimension, (look + 1) * paths.length * dimension),
    );
    const labels = chosen.map((index) => samples.label(index));
    return { dimension, plain: plain!, mirrored: mirrored!, recompressed: recompressed!, labels };
  } finally {
    await embedder.dispose();
  }
}

/** Network input of all images in one look after the other. */
function lookRows(paths: readonly string[], recipe: InputRecipe): RowSource {
  return imageRows((row) => {
    const path = paths[row % paths.length]!;
    const look = looks[Math.floor(row / paths.length)]!;
    const recompress = async (bytes: Uint8Array): Promise<Uint8Array> =>
      encodeJpeg(await decodeImage(bytes, path), jpegQuality);
    return {
      path,
      variant: { ...plainVariant, flip: look === 'mirrored' },
      ...(look === 'recompressed' && { change: recompress }),
    };
  }, recipe);
}
