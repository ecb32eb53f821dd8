import type { Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import { sumOverRows, type TensorFlow } from './linear';

/** How much of a moving statistic stays at each step (spec §4.1). */
export const movingDecay = 0.995;

/** moving − (moving − batch)·(1 − 0.995): the next value of a moving mean or variance. */
export function nextMovingStatistic<T extends Tensor>(tf: TensorFlow, moving: T, batch: T): T {
  return tf.tidy(() => tf.sub(moving, tf.mul(tf.sub(moving, batch), 1 - movingDecay)));
}

/**
 * Batch normalisation in training mode with shift but no scale, followed by ReLU if asked for (spec §4.1):
 * y = (x − μ)/sqrt(σ² + epsilon) + beta with the batch's mean and biased variance over all axes but the last.
 * One step of the gradient tape: tf.batchNorm has no gradient without a scale, and composed it would keep five tensors
 * of the input's size alive where this keeps two.
 * `onStatistics` gets the mean and the *unbiased* variance [C]; both live only during the call.
 */
export function normalizeByBatch(
  tf: TensorFlow,
  x: Tensor,
  beta: Tensor1D,
  options: { epsilon: number; relu: boolean; onStatistics?: (mean: Tensor1D, variance: Tensor1D) => void },
): Tensor {
  const rows = x.size / beta.size;
  const run = tf.customGrad((...parameters) => {
    const save = parameters.pop() as unknown as (tensors: Tensor[]) => void;
    const mean = tf.div<Tensor1D>(sumOverRows(tf, x), rows);
    const centered = tf.sub(x, mean);
    const variance = tf.div<Tensor1D>(sumOverRows(tf, tf.square(centered)), rows);
    options.onStatistics?.(mean, tf.mul(variance, rows / Math.max(rows - 1, 1)));
    const inverse = tf.rsqrt(tf.add(variance, options.epsilon));
    const shifted = tf.add(tf.mul(centered, inverse), beta);
    const y = options.relu ? tf.relu(shifted) : shifted;
    save([x, mean, inverse, ...(options.relu ? [y] : [])]);
    const gradFunc = (dyRaw: Tensor, saved: Tensor[]): Tensor[] =>
      tf.tidy(() => {
        const [savedX, savedMean, savedInverse, savedY] = saved as [Tensor, Tensor, Tensor, Tensor];
        const dy = options.relu ? tf.mul(dyRaw, tf.step(savedY)) : dyRaw;
        const normalized = tf.mul(tf.sub(savedX, savedMean), savedInverse);
        const betaGradient = sumOverRows(tf, dy);
        const correlation = tf.div(sumOverRows(tf, tf.mul(dy, normalized)), rows);
        const direct = tf.sub(dy, tf.div(betaGradient, rows));
        return [tf.mul(tf.sub(direct, tf.mul(normalized, correlation)), savedInverse), betaGradient];
      });
    return { value: y, gradFunc };
  });
  return run(x, beta);
}
