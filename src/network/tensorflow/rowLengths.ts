import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { TensorFlow } from './tensorflow';

/** By the data of a tensor, which never changes, for as long as it lives. */
const known = new WeakMap<object, Float64Array>();

/** Whether a tensor's values lie in this process's memory, so that reading them is a copy. */
export function hasValuesAtHand(tf: TensorFlow): boolean {
  return tf.getBackend() === 'wasm';
}

/** Lengths of the rows of a tensor [N, E], on the host; asked for again, of a copy too, they are there. */
export function rowLengths(tf: TensorFlow, rows: Tensor2D): Float64Array {
  const found = known.get(rows.dataId) ?? Float64Array.from(tf.sum(tf.square(rows), 1).dataSync(), Math.sqrt);
  known.set(rows.dataId, found);
  return found;
}

/** Spares `rowLengths` the computing, where 1/length of each row [N, 1] is there already. */
export function knowRowLengths(rows: Tensor2D, reciprocals: Tensor2D): void {
  const lengths = new Float64Array(reciprocals.dataSync());
  for (let row = 0; row < lengths.length; row++) lengths[row] = 1 / lengths[row]!;
  known.set(rows.dataId, lengths);
}
