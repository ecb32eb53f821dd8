import type { Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import { sumOverRows } from './linear';
import type { TensorFlow } from './tensorflow';
import { type NativeOps, nativeOps } from './nativeOps';
import { reluGradient, tapeStep } from './tapeStep';

/** How much of a moving statistic stays at each step (spec §4.1). */
const movingDecay = 0.995;

/** moving − (moving − batch)·(1 − 0.995): the next value of a moving mean or variance. */
export function nextMovingStatistic<T extends Tensor>(tf: TensorFlow, moving: T, batch: T): T {
  return tf.tidy(() => tf.sub(moving, tf.mul(tf.sub(moving, batch), 1 - movingDecay)));
}

/**
 * Batch normalisation in training mode with shift but no scale, followed by ReLU if asked for (spec §4.1):
 * y = (x − μ)/sqrt(σ² + epsilon) + beta with the batch's mean and biased variance over all axes but the last.
 * One step of the gradient tape: tf.batchNorm has no gradient without a scale, and composed it would keep five tensors
 * of the input's size alive where this keeps two. On TensorFlow itself its fused operations compute it.
 * `onStatistics` gets the mean and the *unbiased* variance [C]; both live only during the call.
 */
export function normalizeByBatch(
  tf: TensorFlow,
  x: Tensor,
  beta: Tensor1D,
  options: { epsilon: number; relu: boolean; onStatistics?: (mean: Tensor1D, variance: Tensor1D) => void },
): Tensor {
  const native = nativeOps(tf);
  const normalize = native === undefined ? composed(tf, options.epsilon) : fused(tf, native, options.epsilon);
  return tapeStep(tf, [x, beta], () => {
    const { y: shifted, mean, variance, saved } = normalize.forward(x, beta);
    options.onStatistics?.(mean, variance);
    const value = options.relu ? tf.relu(shifted) : shifted;
    return {
      value,
      saved: options.relu ? [value, x, ...saved] : [x, ...saved],
      gradients(dy, kept) {
        if (!options.relu) return normalize.gradients(dy, kept);
        const [y, ...rest] = kept;
        return normalize.gradients(reluGradient(tf, dy, y!), rest);
      },
    };
  });
}

interface Normalization {
  /** `variance` is the unbiased one; `saved` is what the gradients need beside x. */
  forward(x: Tensor, beta: Tensor1D): { y: Tensor; mean: Tensor1D; variance: Tensor1D; saved: Tensor[] };
  /** Gradients of x and beta from [x, …saved]. */
  gradients(dy: Tensor, saved: Tensor[]): Tensor[];
}

function composed(tf: TensorFlow, epsilon: number): Normalization {
  return {
    forward(x, beta) {
      const rows = x.size / beta.size;
      const mean = tf.div<Tensor1D>(sumOverRows(tf, x), rows);
      const centered = tf.sub(x, mean);
      const variance = tf.div<Tensor1D>(sumOverRows(tf, tf.square(centered)), rows);
      const inverse = tf.rsqrt(tf.add(variance, epsilon));
      return {
        y: tf.add(tf.mul(centered, inverse), beta),
        mean,
        variance: tf.mul(variance, rows / Math.max(rows - 1, 1)),
        saved: [mean, inverse],
      };
    },
    gradients(dy, [x, mean, inverse]) {
      const rows = x!.size / mean!.size;
      const normalized = tf.mul(tf.sub(x!, mean!), inverse!);
      const betaGradient = sumOverRows(tf, dy);
      const correlation = tf.div(sumOverRows(tf, tf.mul(dy, normalized)), rows);
      const direct = tf.sub(dy, tf.div(betaGradient, rows));
      return [tf.mul(tf.sub(direct, tf.mul(normalized, correlation)), inverse!), betaGradient];
    },
  };
}

function fused(tf: TensorFlow, native: NativeOps, epsilon: number): Normalization {
  // The operation wants four axes; the Bottleneck's rows become images of one pixel.
  const image = (x: Tensor): Tensor => (x.rank === 4 ? x : tf.reshape(x, [-1, 1, 1, x.shape.at(-1)!]));
  // A shape that is right already would be an operation of its own, once here and once on the way back.
  const shaped = (y: Tensor, x: Tensor): Tensor => (x.rank === 4 ? y : tf.reshape(y, x.shape));
  return {
    forward(x, beta) {
      const { y, mean, variance, reserved } = native.batchNorm(image(x), beta, epsilon);
      return { y: shaped(y, x), mean, variance, saved: reserved };
    },
    gradients(dy, [x, ...reserved]) {
      const [dx, dBeta] = native.batchNormGradient(image(dy), image(x!), reserved, epsilon);
      return [shaped(dx, x!), dBeta];
    },
  };
}
