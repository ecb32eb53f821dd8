// Embeddings of the images of pairs that several processes compute, each those of its people: the rows of one part lie in
// <output>/.shards/<part> until the last part evaluates all of them.
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import { readNpy, writeNpyInParts } from '../checkpoint/npy';
import type { ImageList } from '../dataset/imageList';
import { UserError } from '../protocol/errors';
import type { PartsFolder } from '../shard/partsFolder';
import { isOfShard } from '../shard/peopleOfShard';
import type { Shard } from '../shard/shard';
import type { Embedder, EmbedOptions } from './embedder';
import { imagesOfPairs } from './pairEmbeddings';
import type { PairList } from './validateOnPairs';

const rowsName = 'rows.npy';
const toldSchema = z.object({ dimension: z.number().int().positive(), images: z.number().int().min(0) });

/** The images of pairs, each once, with the person who decides about its part. */
interface PersonsImage {
  path: string;
  person: string;
}

function imagesOf(pairs: PairList['pairs']): PersonsImage[] {
  const names = new Map(
    pairs.flatMap(({ a, b, relativeA, relativeB }) => [[a, relativeA] as const, [b, relativeB] as const]),
  );
  // The folder; images of a verification set have none of a person, and are each for themselves.
  return imagesOfPairs(pairs).map((path) => ({ path, person: names.get(path)!.replace(/[\\/][^\\/]*$/, '') }));
}

/** Names the images of pairs, so that all parts are of the same list. */
export function pairsDigest(pairs: PairList['pairs']): string {
  const hash = createHash('sha256');
  for (const { relativeA, relativeB, same } of pairs) hash.update(`${relativeA}\0${relativeB}\0${same}\n`);
  return hash.digest('hex').slice(0, 32);
}

/**
 * Computes the embeddings of one part's images and keeps them with the parts. A part that is whole already costs
 * nothing; one that was killed begins again.
 * @param openEmbedder called where there is something to compute; what it opens is disposed of
 * @returns images of the part
 * @throws UserError and StoppedError as `Embedder.embed`
 */
export async function embedShard(
  parts: PartsFolder,
  pairs: PairList['pairs'],
  shard: Shard,
  openEmbedder: () => Promise<Embedder>,
  { useFlippedImages, ...options }: Omit<EmbedOptions, 'flipped'> & { useFlippedImages: boolean },
): Promise<number> {
  const paths = imagesOf(pairs).flatMap(({ path, person }) => (isOfShard(person, shard) ? [path] : []));
  if (parts.isDone(shard)) return paths.length;
  const folder = await parts.folderOf(shard);
  const embedder = await openEmbedder();
  try {
    const { dimension } = embedder;
    const looks = useFlippedImages ? [false, true] : [false];
    const rows = looks.length * paths.length;
    await writeNpyInParts(join(folder, rowsName), '<f4', [rows, dimension], async (append) => {
      for (const [pass, flipped] of looks.entries()) {
        const onProgress = (done: number): void => options.onProgress?.(pass * paths.length + done, rows);
        await embedder.embedInParts(paths, (values) => append(values.slice()), { ...options, flipped, onProgress });
      }
    });
    await parts.finish(shard, { dimension, images: paths.length });
  } finally {
    await embedder.dispose();
  }
  return paths.length;
}

/**
 * What the parts have computed, as an embedder of the images of `pairs` and of no others.
 * @throws UserError where a part has other images than the pairs say
 */
export async function embedderOfShards(parts: PartsFolder, pairs: PairList['pairs']): Promise<Embedder> {
  const { parts: count } = parts.plan;
  const images = imagesOf(pairs);
  const places = new Map<string, { rows: Float32Array; index: number; images: number }>();
  let dimension = 0;
  for (let index = 0; index < count; index++) {
    const own = images.filter(({ person }) => isOfShard(person, { index, count }));
    const told = toldSchema.parse(await parts.toldOf({ index }));
    const path = join(await parts.folderOf({ index }), rowsName);
    const { shape, data: rows } = await readNpy(path);
    const [looks = 0] = shape;
    if (!(rows instanceof Float32Array) || told.images !== own.length || looks % Math.max(1, own.length) !== 0)
      throw new UserError(
        `${path} has ${told.images} images where its part of the pairs has ${own.length}.`,
        `Delete ${parts.result} and run all shards again.`,
      );
    dimension = told.dimension;
    own.forEach((image, at) => places.set(image.path, { rows, index: at, images: own.length }));
  }
  const embed = async (paths: ImageList, { flipped = false }: EmbedOptions = {}): Promise<Float32Array> => {
    const out = new Float32Array(paths.length * dimension);
    for (let at = 0; at < paths.length; at++) {
      const { rows, index, images: all } = places.get(paths.at(at)!)!;
      const row = (flipped ? all : 0) + index;
      out.set(rows.subarray(row * dimension, (row + 1) * dimension), at * dimension);
    }
    return out;
  };
  return {
    dimension,
    embed,
    embedInParts: async (paths, take, options) => take(await embed(paths, options), 0, paths.length),
    dispose: async () => undefined,
  };
}
