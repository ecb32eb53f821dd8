import type { Tensor2D } from '@tensorflow/tfjs-core';
import { nativeOps } from './nativeOps';
import type { TensorFlow } from './tensorflow';

/** By the data of a tensor, which never changes, for as long as it lives. */
const known = new WeakMap<object, Float64Array>();

/** Whether a tensor's values lie in this process's memory, so that reading them is a copy. */
export function hasValuesAtHand(tf: TensorFlow): boolean {
  return tf.getBackend() === 'wasm';
}

/** Lengths of the vectors along an axis of x [N, E], which stays with size 1. */
export function lengthsAlong(tf: TensorFlow, x: Tensor2D, axis: 0 | 1): Tensor2D {
  const native = nativeOps(tf);
  if (native !== undefined) return native.lengths(x, axis) as Tensor2D;
  return tf.sqrt(tf.sum<Tensor2D>(tf.square(x), axis, true));
}

/** Lengths of the rows of a tensor [N, E], on the host; asked for again, of a copy too, they are there. */
export function rowLengths(tf: TensorFlow, rows: Tensor2D): Float64Array {
  const found = known.get(rows.dataId) ?? Float64Array.from(tf.sum(tf.square(rows), 1).dataSync(), Math.sqrt);
  known.set(rows.dataId, found);
  return found;
}

/** Spares `rowLengths` the computing, where the length of each row [N, 1] is there already. */
export function knowRowLengths(rows: Tensor2D, lengths: Tensor2D): void {
  known.set(rows.dataId, new Float64Array(lengths.dataSync()));
}
