import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import { nativeVariables } from '../../network/tensorflow/nativeVariables';
import { scalarSum } from '../../network/tensorflow/scalarSum';
import type { TensorFlow } from '../../network/tensorflow/tensorflow';

/**
 * One number for many tensors which is finite only where every value of theirs is: a sum hides neither NaN nor an infinity.
 * The reverse does not hold, since a sum of finite values may overflow; who finds it not finite looks at the values.
 */
export function checksum(tf: TensorFlow, tensors: readonly Tensor[]): Scalar {
  const native = nativeVariables(tf);
  const sumOf = (tensor: Tensor): Tensor => {
    if (tensor.size === 1) return tensor.rank === 0 ? tensor : tf.reshape(tensor, []);
    // TensorFlow has half the sum of the squares in one operation, on all cores.
    return native?.halfSquaredSum(tensor) ?? tf.sum(tensor);
  };
  return tf.tidy(() => scalarSum(tf, tensors.map(sumOf)));
}
