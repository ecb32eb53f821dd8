// A batch that is too large for the memory, in parts one after another: the gradients of the whole are the sum of those of
// its parts, each by its share of the images.
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import type { TensorFlow } from '../../network/tensorflow/tensorflow';
import type { GradientPass } from './gradientPass';

const groups = ['gradients', 'statistics', 'measures'] as const;

/** Images `start` … `end` (excluded) of a batch. */
export interface Slice {
  start: number;
  end: number;
}

/**
 * A batch of `images` in as few slices of at most `largest` as there can be, as even as they can be: a remainder of a
 * single image would have no variance of its own.
 * @param unit images that belong together (the three of a triplet); a slice has at least these
 */
export function slicesOf(images: number, largest: number, unit = 1): Slice[] {
  const units = images / unit;
  const count = Math.ceil(units / Math.max(1, Math.floor(largest / unit)));
  const edge = (index: number): number => unit * Math.floor((index * units) / count);
  return Array.from({ length: count }, (_, index) => ({ start: edge(index), end: edge(index + 1) }));
}

/** The next smaller micro-batch after one that did not fit; undefined where it cannot be smaller. */
export function halved(images: number, unit = 1): number | undefined {
  return images <= unit ? undefined : unit * Math.ceil(images / unit / 2);
}

/**
 * What one pass over the whole batch would give, from a pass over each slice: means weighted by the number of images. That
 * is exact for all that is a mean over images; the statistics of batch norms are the means of those of the slices. When it
 * fails, nothing of it is left behind.
 */
export function accumulate(
  tf: TensorFlow,
  slices: readonly Slice[],
  pass: (slice: Slice, index: number) => GradientPass,
): GradientPass {
  if (slices.length === 1) return pass(slices[0]!, 0);
  const images = slices.at(-1)!.end;
  const prelogits: Tensor2D[] = [];
  const sum = { gradients: {}, statistics: {}, measures: {} };
  try {
    for (const [index, slice] of slices.entries()) {
      const part = pass(slice, index);
      prelogits.push(part.prelogits);
      const share = (slice.end - slice.start) / images;
      try {
        for (const group of groups) addShare(tf, sum[group], part[group], share);
      } finally {
        for (const group of groups) disposeAll(part[group]);
      }
    }
    return { ...sum, prelogits: tf.concat(prelogits, 0) };
  } catch (error) {
    for (const group of groups) disposeAll(sum[group]);
    throw error;
  } finally {
    for (const part of prelogits) part.dispose();
  }
}

/** Lets go of a pass. */
export function disposePass(pass: GradientPass): void {
  for (const group of groups) disposeAll(pass[group]);
  pass.prelogits.dispose();
}

/** Adds `share` times the values of a slice, each of which is let go at once: of all together there may be no room. */
function addShare(tf: TensorFlow, sum: Record<string, Tensor>, part: Record<string, Tensor>, share: number): void {
  for (const [name, value] of Object.entries(part)) {
    const before = sum[name];
    sum[name] = tf.tidy(() => {
      const shared = tf.mul(value, share);
      return before === undefined ? shared : tf.add(before, shared);
    });
    before?.dispose();
    value.dispose();
  }
}

function disposeAll(values: Readonly<Record<string, Tensor>>): void {
  for (const value of Object.values(values)) value.dispose();
}
