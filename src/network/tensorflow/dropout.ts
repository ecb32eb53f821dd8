import type { Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import { nativeOps } from './nativeOps';
import type { TensorFlow } from './tensorflow';

/** A seed that is known, or int32 [2] that a graph is given when it runs: the number and 0. */
export type DropoutSeed = number | Tensor1D;

/** Another seed, `distance` further on. */
export function laterSeed(tf: TensorFlow, seed: DropoutSeed, distance: number): DropoutSeed {
  if (distance === 0) return seed;
  return typeof seed === 'number' ? seed + distance : tf.add<Tensor1D>(seed, tf.tensor1d([distance, 0], 'int32'));
}

/**
 * Keeps each value of x with a probability and divides by it; which, depends on the seed alone. On TensorFlow itself its own
 * random numbers decide, elsewhere those of TensorFlow.js.
 */
export function dropout(tf: TensorFlow, x: Tensor, keepProbability: number, seed: DropoutSeed | undefined): Tensor {
  const native = seed === undefined ? undefined : nativeOps(tf);
  if (native === undefined) return tf.dropout(x, 1 - keepProbability, undefined, seed as number | undefined);
  const uniform = native.uniform(x.shape, typeof seed === 'number' ? tf.tensor1d([seed, 0], 'int32') : seed!);
  return tf.mul(x, tf.div(tf.floor(tf.add(uniform, keepProbability)), keepProbability));
}
