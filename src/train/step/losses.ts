// What is minimised (spec §5.1–5.4). All functions are differentiable unless said otherwise.
import type { Scalar, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import type { TensorFlow } from '../../network/tensorflow/tensorflow';

/** −mean log softmax(logits)[label] for logits [N, C] and one-hot labels [N, C] (spec §5.1). */
export function crossEntropy(tf: TensorFlow, logits: Tensor2D, oneHot: Tensor2D): Scalar {
  // One step of the tape: the gradient is (softmax − one-hot)/N, and tfjs would compose it of eight operations.
  const run = tf.customGrad((...parameters) => {
    const save = parameters.pop() as unknown as (tensors: Tensor[]) => void;
    const [x] = parameters as [Tensor2D];
    const logProbability = tf.logSoftmax(x);
    save([logProbability]);
    const value = tf.neg(tf.div(tf.sum(tf.mul(oneHot, logProbability)), x.shape[0]));
    const gradFunc = (dy: Tensor, saved: Tensor[]): Tensor =>
      tf.mul(tf.sub(tf.exp(saved[0]!), oneHot), tf.div(dy, x.shape[0]));
    return { value, gradFunc };
  });
  return run(logits) as Scalar;
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

/** Σ over rows of ‖ |prelogits| + 1e-4 ‖_p for values [rows, E]. Not differentiable. */
export function prelogitsNorms(values: Float32Array, rows: number, p: number): number {
  const dimension = values.length / rows;
  let total = 0;
  for (let row = 0; row < rows; row++) {
    let sum = 0;
    for (let i = row * dimension; i < (row + 1) * dimension; i++) {
      const u = Math.abs(values[i]!) + 1e-4;
      sum += p === 1 ? u : u ** p;
    }
    total += p === 1 ? sum : sum ** (1 / p);
  }
  return total;
}

/** Mean over N and E of (features − centres)² for the centres [N, E] of the rows' labels (spec §5.2). */
export function centerLoss(tf: TensorFlow, features: Tensor2D, centers: Tensor2D): Scalar {
  return tf.mean(tf.square(tf.sub(features, centers)));
}

/**
 * Where the centres [C, E] move after a batch (spec §5.2): every example pulls its class's centre by (1 − alfa) of the
 * distance from the centre before the batch; examples of one class add up. Not differentiable.
 */
export function movedCenters(
  tf: TensorFlow,
  centers: Tensor2D,
  features: Tensor2D,
  oneHot: Tensor2D,
  alfa: number,
): Tensor2D {
  return tf.tidy(() => {
    const pull = tf.sub(tf.matMul(oneHot, centers), features);
    return tf.sub(centers, tf.mul(tf.matMul(oneHot, pull, true, false), 1 - alfa));
  });
}

/** Σ w²/2 (spec §4.1). Not differentiable: its gradient is the weights themselves. */
export function halfSquaredSum(values: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]! * values[i]!;
  return sum / 2;
}
