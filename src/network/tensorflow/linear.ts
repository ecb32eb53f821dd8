import type { Tensor, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Window } from '../shapes';
import { inBfloat16, type NativeOps, nativeOps } from './nativeOps';
import { reluGradient, tapeStep } from './tapeStep';
import type { TensorFlow } from './tensorflow';

/** Sum over all axes but the last: [..., C] → [C]. */
export function sumOverRows(tf: TensorFlow, x: Tensor): Tensor1D {
  const native = nativeOps(tf);
  if (native !== undefined) return native.biasGradient(x);
  return tf.sum(
    x,
    Array.from({ length: x.rank - 1 }, (_, axis) => axis),
  );
}

/** What a layer's gradient needs to know. */
export interface LinearOptions {
  /** Applies ReLU to the result. */
  relu: boolean;
  /** The input depends on trained variables, so its gradient is wanted too; skipping it saves a third of the work. */
  inputGradient: boolean;
  /** The products of values and weights take bfloat16 and give float32; only where a graph is written. */
  bfloat16?: boolean;
}

type Backward = (dy: Tensor) => { input: () => Tensor; weights: () => Tensor };

/**
 * y = [relu](op(x, weights) + bias) as one step of the gradient tape. tfjs would compute the input's gradient of its
 * fused operations whether or not anyone needs it.
 */
function linear(
  tf: TensorFlow,
  x: Tensor,
  weights: Tensor,
  bias: Tensor | undefined,
  options: LinearOptions,
  forward: () => Tensor,
  backward: (x: Tensor, weights: Tensor) => Backward,
): Tensor {
  const { bfloat16 = false } = options;
  const product = <R>(compute: () => R): R => (bfloat16 ? inBfloat16(tf, compute) : compute());
  const inputs = [weights, ...(bias === undefined ? [] : [bias]), ...(options.inputGradient ? [x] : [])];
  return tapeStep(tf, inputs, () => {
    const value = product(forward);
    return {
      value,
      saved: options.relu ? [x, weights, value] : [x, weights],
      gradients(dyRaw, [savedX, savedWeights, savedY]) {
        const dy = options.relu ? reluGradient(tf, dyRaw, savedY!) : dyRaw;
        const gradients = backward(savedX!, savedWeights!)(dy);
        return [
          product(gradients.weights),
          ...(bias === undefined ? [] : [sumOverRows(tf, dy)]),
          ...(options.inputGradient ? [product(gradients.input)] : []),
        ];
      },
    };
  });
}

/** [relu](product + bias) as TensorFlow's graphs have it, which make one operation of it and of the convolution before it. */
function withBiasAndRelu(
  tf: TensorFlow,
  native: NativeOps,
  product: Tensor,
  bias: Tensor1D | undefined,
  relu: boolean,
): Tensor {
  const sum = bias === undefined ? product : native.addBias(product, bias);
  const value = relu ? tf.relu(sum) : sum;
  for (const passed of new Set([product, sum])) if (passed !== value) passed.dispose();
  return value;
}

/** Convolution of x [N, H, W, in] with weights [kh, kw, in, out], plus bias [out], with a gradient. */
export function convolution(
  tf: TensorFlow,
  x: Tensor4D,
  weights: Tensor4D,
  bias: Tensor1D | undefined,
  window: Window,
  options: LinearOptions,
): Tensor4D {
  const strides: [number, number] = [...window.stride];
  const attributes = {
    strides,
    pad: window.padding,
    dataFormat: 'NHWC' as const,
    dimRoundingMode: undefined as unknown as string,
  };
  const native = nativeOps(tf);
  // tf.fused.conv2d would fall apart into its steps while a gradient is taken.
  const forward = (): Tensor =>
    native === undefined
      ? tf
          .engine()
          .runKernel('FusedConv2D', bias === undefined ? { x, filter: weights } : { x, filter: weights, bias }, {
            ...attributes,
            dilations: [1, 1],
            activation: options.relu ? 'relu' : 'linear',
          })
      : withBiasAndRelu(tf, native, tf.conv2d(x, weights, strides, window.padding), bias, options.relu);
  const backward =
    (savedX: Tensor, savedWeights: Tensor): Backward =>
    (dy) => ({
      weights: () =>
        tf
          .engine()
          .runKernel(
            'Conv2DBackpropFilter',
            { x: savedX, dy },
            { ...attributes, filterShape: [...savedWeights.shape] },
          ),
      input: () =>
        tf
          .engine()
          .runKernel(
            'Conv2DBackpropInput',
            { dy, filter: savedWeights },
            { ...attributes, inputShape: [...savedX.shape] },
          ),
    });
  return linear(tf, x, weights, bias, options, forward, backward) as Tensor4D;
}

/** x [N, in] · weights [in, out] + bias [out], with a gradient. */
export function matrixProduct(
  tf: TensorFlow,
  x: Tensor2D,
  weights: Tensor2D,
  bias: Tensor1D | undefined,
  options: LinearOptions,
): Tensor2D {
  const forward = (): Tensor => {
    const product = tf.matMul(x, weights);
    const sum = bias === undefined ? product : tf.add(product, bias);
    return options.relu ? tf.relu(sum) : sum;
  };
  const backward =
    (savedX: Tensor, savedWeights: Tensor): Backward =>
    (dy) => ({
      weights: () => tf.matMul(savedX, dy, true, false),
      input: () => tf.matMul(dy, savedWeights, false, true),
    });
  return linear(tf, x, weights, bias, options, forward, backward) as Tensor2D;
}
