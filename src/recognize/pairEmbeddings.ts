import type { PairEmbeddings } from '../evaluate/distances';
import type { Embedder, EmbedOptions } from './embedder';

export interface PairPaths {
  a: string;
  b: string;
}

/** What was learned of a list of images is known by the list; a training evaluates the same pairs again and again. */
const listed = new WeakMap<readonly PairPaths[], readonly string[]>();

/** The images of pairs, each once. */
export function imagesOfPairs(pairs: readonly PairPaths[]): readonly string[] {
  const paths = listed.get(pairs) ?? [...new Set(pairs.flatMap(({ a, b }) => [a, b]))];
  listed.set(pairs, paths);
  return paths;
}

/**
 * Embeddings of pairs for the LFW protocol (spec §7.3): rows 2i and 2i+1 belong to pair i. With `useFlippedImages` the
 * embedding of the mirrored image follows that of the image in the same row, which doubles the dimension and is not
 * normalised again. Every image is embedded once, however many pairs show it.
 */
export async function embedPairs(
  embedder: Embedder,
  pairs: readonly PairPaths[],
  { useFlippedImages, ...options }: Omit<EmbedOptions, 'flipped'> & { useFlippedImages: boolean },
): Promise<PairEmbeddings> {
  const paths = imagesOfPairs(pairs);
  const row = new Map(paths.map((path, index) => [path, index]));
  const looks = useFlippedImages ? [false, true] : [false];
  const tables: Float32Array[] = [];
  for (const [pass, flipped] of looks.entries()) {
    const onProgress = (done: number): void =>
      options.onProgress?.(pass * paths.length + done, looks.length * paths.length);
    tables.push(await embedder.embed(paths, { ...options, flipped, onProgress }));
  }
  const single = embedder.dimension;
  const dimension = single * looks.length;
  const data = new Float64Array(2 * pairs.length * dimension);
  pairs.forEach(({ a, b }, pair) => {
    [a, b].forEach((path, side) => {
      const from = row.get(path)! * single;
      tables.forEach((table, look) => {
        data.set(table.subarray(from, from + single), (2 * pair + side) * dimension + look * single);
      });
    });
  });
  return { dimension, data };
}
