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
    save([logProbability, oneHot]);
    const value = tf.neg(tf.div(tf.sum(tf.mul(oneHot, logProbability)), x.shape[0]));
    const gradFunc = (dy: Tensor, saved: Tensor[]): Tensor =>
      tf.mul(tf.sub(tf.exp(saved[0]!), saved[1]!), tf.div(dy, x.shape[0]));
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
