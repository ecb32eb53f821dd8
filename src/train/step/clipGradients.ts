import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import { nativeVariables } from '../../network/tensorflow/nativeVariables';
import { scalarSum } from '../../network/tensorflow/scalarSum';
import type { TensorFlow } from '../../network/tensorflow/tensorflow';

/**
 * Gradients of which all together have a norm of `largest` at most: where √Σ‖g‖² is larger, each is shrunk by the same
 * factor (Pascanu et al. 2013, algorithm 1; TensorFlow's `clip_by_global_norm`). The engine decides that, so that no step
 * waits for a number.
 * @param gradients at least one
 * @param largest > 0
 * @returns new tensors, and the norm before
 */
export function clipByGlobalNorm(
  tf: TensorFlow,
  gradients: Readonly<Record<string, Tensor>>,
  largest: number,
): { gradients: Record<string, Tensor>; norm: Scalar } {
  const native = nativeVariables(tf);
  const halves = Object.values(gradients).map(
    (gradient) => native?.halfSquaredSum(gradient) ?? tf.mul<Scalar>(tf.sum(tf.square(gradient)), 0.5),
  );
  const norm = tf.sqrt(tf.mul<Scalar>(scalarSum(tf, halves), 2));
  const factor = tf.div(largest, tf.maximum(norm, largest));
  const clipped = Object.entries(gradients).map(([name, gradient]) => [name, tf.mul(gradient, factor)] as const);
  return { gradients: Object.fromEntries(clipped), norm };
}
