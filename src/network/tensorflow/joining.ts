// Steps without variables that whole networks spend their memory on: residual sums, concatenations, pools.
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import type { Window } from '../shapes';
import type { TensorFlow } from './tensorflow';
import { reluGradient, tapeStep } from './tapeStep';

/** [relu](a + b) of equal shapes; keeps its result alone, where a sum and a ReLU of their own would keep both. */
export function residualSum(tf: TensorFlow, a: Tensor, b: Tensor, relu: boolean): Tensor {
  return tapeStep(tf, [a, b], () => {
    const sum = tf.add(a, b);
    const value = relu ? tf.relu(sum) : sum;
    return {
      value,
      saved: relu ? [value] : [],
      gradients(dyRaw, [y]) {
        const dy = relu ? reluGradient(tf, dyRaw, y!) : dyRaw;
        // Two tensors of the same data: each branch frees its own.
        return [tf.clone(dy), tf.clone(dy)];
      },
    };
  });
}

/** Joins along `axis`; its gradient is cut apart again. */
export function concatenation(tf: TensorFlow, parts: readonly Tensor[], axis: number): Tensor {
  return tapeStep(tf, parts, () => {
    const value = tf.concat([...parts], axis);
    const along = axis < 0 ? value.rank + axis : axis;
    const sizes = parts.map(({ shape }) => shape[along]!);
    return { value, saved: [], gradients: (dy) => tf.split(dy, sizes, along) };
  });
}

/** Greatest value of each window of x [N, H, W, C]. */
export function maxPooling(tf: TensorFlow, x: Tensor4D, window: Window): Tensor {
  const strides: [number, number] = [...window.stride];
  const filterSize: [number, number] = [...window.kernel];
  return tapeStep(tf, [x], () => {
    const value = tf.maxPool(x, filterSize, strides, window.padding);
    return {
      value,
      saved: [x, value],
      gradients: (dy, [input, output]) => [
        tf
          .engine()
          .runKernel(
            'MaxPoolGrad',
            { dy, input: input!, output: output! },
            { filterSize, strides, pad: window.padding, dimRoundingMode: undefined as unknown as string },
          ),
      ],
    };
  });
}

/**
 * Mean over all places of x [N, H, W, C]: [N, C]. TensorFlow.js's own gradient of a mean multiplies by ones of the shape
 * of x, a constant of millions of numbers in a graph.
 */
export function globalMean(tf: TensorFlow, x: Tensor4D): Tensor {
  const [images, height, width, channels] = x.shape;
  return tapeStep(tf, [x], () => ({
    value: tf.mean(x, [1, 2]),
    saved: [],
    gradients: (dy) => [
      tf.tile(tf.div(tf.reshape(dy, [images, 1, 1, channels]), height * width), [1, height, width, 1]),
    ],
  }));
}
