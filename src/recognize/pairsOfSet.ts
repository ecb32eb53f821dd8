// A verification set as pairs of the LFW protocol: its images are embedded from memory.
import { stat } from 'node:fs/promises';
import { decodeImage } from '../image/decode';
import { flipHorizontal } from '../image/flip';
import { resizeBilinear } from '../image/resizeBilinear';
import { standardize } from '../image/standardize';
import { inputLength, type InputRecipe } from '../input/prepareImage';
import type { EmbedderInput } from './embedder';
import type { PairList } from './validateOnPairs';
import { filesOfPair, readVerificationSet, type VerificationSet } from './verificationSet';

/** The set that a path names; undefined where it is no file, but a folder of faces or nothing. @throws as `readVerificationSet` */
export async function verificationSetAt(path: string): Promise<VerificationSet | undefined> {
  const isFile = (await stat(path).catch(() => undefined))?.isFile() ?? false;
  return isFile ? readVerificationSet(path) : undefined;
}

/** Its pairs under the names that `facenet unpack-pairs` gives the images. */
export function pairsOfSet({ same }: VerificationSet): PairList {
  const pairs = same.map((one, pair) => {
    const [a, b] = filesOfPair(pair, one);
    return { a, b, relativeA: a, relativeB: b, same: one, line: `pair ${pair + 1}` };
  });
  return { pairs, skipped: [] };
}

/** Its images as network input: resized to the square of the recipe, as `facenet unpack-pairs` writes them. */
export function inputOfSet({ images, same }: VerificationSet, recipe: InputRecipe): EmbedderInput {
  const { imageSize, standardization } = recipe;
  const bytesOf = new Map(
    same.flatMap((one, pair) => filesOfPair(pair, one).map((file, side) => [file, images[2 * pair + side]!] as const)),
  );
  const rowLength = inputLength(recipe);
  return {
    stage: 0,
    rows: async (files, { flip }) => ({
      rowLength,
      async read(indices, out) {
        await Promise.all(
          Array.from(indices, async (index, place) => {
            const file = files.at(index)!;
            const image = await decodeImage(bytesOf.get(file)!, `${file} of the set`);
            const isSquare = image.width === imageSize && image.height === imageSize;
            const square = isSquare ? image : resizeBilinear(image, imageSize, imageSize);
            standardize(flip ? flipHorizontal(square) : square, standardization, out, place * rowLength);
          }),
        );
      },
      close: async () => undefined,
    }),
  };
}

/** What has to be said of figures on a set. */
export function noteOfSet(path: string): string {
  return (
    `${path} is a verification set: the pairs are its own, and no pairs file is read. Its faces were aligned for other models, so ` +
    'that accuracy on them is not that of faces that are aligned here.'
  );
}
