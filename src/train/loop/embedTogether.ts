// Embeddings of images that several processes compute together.
import { ImagePicks, type ImageList } from '../../dataset/imageList';
import { sliceOfRank, type Ranks } from '../../mpi/ranks';
import type { Embedder, EmbedOptions, TakeEmbeddings } from '../../recognize/embedder';

/** Images of a rank whose embeddings are held until those of the others are added. */
const mostOfRank = 2048;

/** The parts of a list that this rank embeds, by the list: what is known of the images of a part is remembered by it. */
const partsOf = new WeakMap<ImageList, { picks: ImagePicks; parts: ImageList[] }>();

/**
 * An embedder of which every rank computes a part; all ask for the same images in the same order. Rank 0 gets the rows
 * that it would have computed alone; the others are given none. Whoever holds `embedder` disposes of it.
 */
export function embedTogether(embedder: Embedder, ranks: Ranks): Embedder {
  const { dimension } = embedder;
  const embedInParts = async (
    paths: ImageList,
    take: TakeEmbeddings,
    { onProgress, ...options }: EmbedOptions = {},
  ): Promise<void> => {
    for (const { start, count, own, images } of blocksOf(paths, ranks)) {
      const rows = new Float32Array(count * dimension);
      const keep = (some: Float32Array, first: number): void => rows.set(some, (own + first) * dimension);
      // The others are about as far.
      const told = (done: number): void => onProgress?.(start + Math.min(count, done * ranks.size), paths.length);
      if (images.length > 0) await embedder.embedInParts(images, keep, { ...options, onProgress: told });
      await ranks.sum(rows);
      if (ranks.rank === 0) await take(rows, start, count);
    }
  };
  return {
    ...{ dimension, embedInParts },
    async embed(paths, options) {
      const embeddings = new Float32Array(paths.length * dimension);
      await embedInParts(paths, (rows, start) => embeddings.set(rows, start * dimension), options);
      return embeddings;
    },
    dispose: () => embedder.dispose(),
  };
}

/** Images from `start` on that are gathered at once, and of them those of this rank, which begin at `own`. */
function* blocksOf(
  paths: ImageList,
  ranks: Ranks,
): Generator<{ start: number; count: number; own: number; images: ImageList }> {
  const { picks, parts } = partsOf.get(paths) ?? { picks: new ImagePicks([paths]), parts: [] };
  partsOf.set(paths, { picks, parts });
  const most = mostOfRank * ranks.size;
  for (let start = 0, block = 0; start < paths.length; start += most, block++) {
    const count = Math.min(most, paths.length - start);
    const slice = sliceOfRank(count, ranks);
    const indices = Array.from({ length: slice.end - slice.start }, (_, index) => start + slice.start + index);
    const images = (parts[block] ??= picks.of(paths, indices));
    yield { start, count, own: slice.start, images };
  }
}
