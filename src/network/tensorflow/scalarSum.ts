import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import { hasValuesAtHand } from './rowLengths';
import type { TensorFlow } from './tensorflow';

/**
 * Sum of many single numbers, at least one. As a vector that is summed up: a sum of so many tensors TensorFlow's optimizer
 * of graphs takes apart into an addition for each.
 */
export function scalarSum(tf: TensorFlow, scalars: readonly Tensor[]): Scalar {
  if (hasValuesAtHand(tf)) return tf.scalar(scalars.reduce((sum, one) => sum + one.dataSync()[0]!, 0));
  return tf.tidy(() => tf.sum<Scalar>(tf.stack([...scalars])));
}
