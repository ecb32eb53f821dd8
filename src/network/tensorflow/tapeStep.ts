import type { Tensor } from '@tensorflow/tfjs-core';
import { nativeOps } from './nativeOps';
import type { TensorFlow } from './tensorflow';

/** One step of the gradient tape as a layer writes it. */
export interface TapeStep {
  value: Tensor;
  /** What `gradients` needs of the forward pass. */
  saved: Tensor[];
  /** Gradients for the step's inputs, in their order; the result's gradient and `saved` are gone after the call. */
  gradients: (dy: Tensor, saved: Tensor[]) => Tensor[];
}

/**
 * Runs `forward` as one step of the gradient tape. The tape itself would keep everything that a step has saved, and
 * every gradient on the way back, until the last gradient is known; here both are freed as soon as they have been used,
 * which halves the memory of a whole network.
 *
 * @param inputs the tensors that gradients are wanted for
 */
export function tapeStep(tf: TensorFlow, inputs: readonly Tensor[], forward: () => TapeStep): Tensor {
  const run = tf.customGrad((...parameters) => {
    const save = parameters.pop() as unknown as (tensors: Tensor[]) => void;
    const { value, saved, gradients } = forward();
    save(saved);
    const gradFunc = (dy: Tensor, kept: Tensor[]): Tensor[] => {
      const results = tf.tidy(() => gradients(dy, kept));
      // A gradient that is the incoming one itself lives on in a tensor of its own.
      dy.dispose();
      for (const tensor of kept) tensor.dispose();
      return results;
    };
    return { value, gradFunc };
  });
  return run(...inputs);
}

/** Gradient of ReLU by its result: dy where y > 0. */
export function reluGradient(tf: TensorFlow, dy: Tensor, y: Tensor): Tensor {
  return nativeOps(tf)?.reluGradient(dy, y) ?? tf.mul(dy, tf.step(y));
}
