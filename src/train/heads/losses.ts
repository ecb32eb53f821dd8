// What is minimised (spec §5.1–5.4). All functions are differentiable unless said otherwise.
import type { Scalar, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import type { TensorFlow } from '../../network/tensorflow/tensorflow';

/**
 * −mean Σ targets · log softmax(logits) for logits [N, C] and targets [N, C], each row of which sums to 1: one-hot labels
 * (spec §5.1) or smoothed ones.
 */
export function crossEntropy(tf: TensorFlow, logits: Tensor2D, targets: Tensor2D): Scalar {
  // One step of the tape: the gradient is (softmax − targets)/N, and tfjs would compose it of eight operations.
  const run = tf.customGrad((...parameters) => {
    const save = parameters.pop() as unknown as (tensors: Tensor[]) => void;
    const [x] = parameters as [Tensor2D];
    const logProbability = tf.logSoftmax(x);
    const value = tf.neg(tf.div(tf.sum(tf.mul(targets, logProbability)), x.shape[0]));
    // Last: what is saved stays behind where something after it fails.
    save([logProbability, targets]);
    const gradFunc = (dy: Tensor, saved: Tensor[]): Tensor =>
      tf.mul(tf.sub(tf.exp(saved[0]!), saved[1]!), tf.div(dy, x.shape[0]));
    return { value, gradFunc };
  });
  return run(logits) as Scalar;
}

/** One-hot labels [N, C] of which the part `smoothing` is spread evenly over all C (Szegedy et al. 2016). */
export function smoothedLabels(tf: TensorFlow, oneHot: Tensor2D, smoothing: number): Tensor2D {
  if (smoothing === 0) return oneHot;
  return tf.add(tf.mul(oneHot, 1 - smoothing), smoothing / oneHot.shape[1]);
}

/** Part of the rows whose largest logit is at the label. Not differentiable. */
export function batchAccuracy(tf: TensorFlow, logits: Tensor2D, labels: Tensor1D): Scalar {
  return tf.mean(tf.cast(tf.equal(tf.argMax(logits, 1), labels), 'float32'));
}

/** Mean over rows of ‖ |prelogits| + 1e-4 ‖_p (spec §5.3). */
export function prelogitsNorm(tf: TensorFlow, prelogits: Tensor2D, p: number): Scalar {
  const u = tf.add(tf.abs(prelogits), 1e-4);
  if (p === 1) return tf.mean(tf.sum(u, 1));
  return tf.mean(tf.pow(tf.sum(tf.pow(u, p), 1), 1 / p));
}

/** Mean over N and E of (features − centres)² for the centres [N, E] of the rows' labels (spec §5.2). */
export function centerLoss(tf: TensorFlow, features: Tensor2D, centers: Tensor2D): Scalar {
  return tf.mean(tf.square(tf.sub(features, centers)));
}

/** Σ w²/2 (spec §4.1). Not differentiable: its gradient is the weights themselves. */
export function halfSquaredSum(values: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]! * values[i]!;
  return sum / 2;
}
