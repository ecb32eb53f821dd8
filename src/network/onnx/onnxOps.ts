import {
  samePadding,
  type BatchNormOptions,
  type ConvOptions,
  type Extent,
  type Ops,
  type Shape,
  type WindowOptions,
} from '../ops';
import { ScopeNames } from '../scopeNames';
import {
  channelsOf,
  concatShape,
  convWindow,
  directionsShape,
  paddedShape,
  poolWindow,
  reshaped,
  windowShape,
  type Window,
} from '../shapes';
import { requireWeights, type Weights } from '../tensor';
import { foldAffine, type Constant, type LinearValue, type Value } from './graph';
import type { AttributeValue } from './schema';

function operation(
  opType: string,
  inputs: readonly Value[],
  shape: Shape,
  attributes: Record<string, AttributeValue> = {},
  constants: readonly Constant[] = [],
): Value {
  return { kind: 'operation', opType, inputs, shape, attributes, constants };
}

/** [H, W, C] is held as [N, C, H, W]: where the axis of the shape without the batch lies in the ONNX tensor. */
function onnxAxis(shape: Shape, axis: number): number {
  return shape.length === 3 ? ([2, 3, 1] as const)[axis]! : axis + 1;
}

const lastAxis = (shape: Shape): number => onnxAxis(shape, shape.length - 1);

/** Attributes of a moving window; `same` padding spelled out where the size is known. */
function windowAttributes({ kernel, stride, padding }: Window, shape: Shape): Record<string, AttributeValue> {
  const attributes: Record<string, AttributeValue> = { kernel_shape: [...kernel], strides: [...stride] };
  if (padding === 'valid') return attributes;
  const sizes = [0, 1].map((axis) => shape[axis] ?? (stride[axis] === 1 ? kernel[axis] : undefined));
  if (sizes[0] === undefined || sizes[1] === undefined) return { ...attributes, auto_pad: 'SAME_UPPER' };
  const [top, bottom] = samePadding(sizes[0], kernel[0], stride[0]);
  const [left, right] = samePadding(sizes[1], kernel[1], stride[1]);
  return { ...attributes, pads: [top, left, bottom, right] };
}

/** Writes a network as ONNX with batch norms, affine layers and residual factors folded into the weights before them. */
export class OnnxOps implements Ops<Value> {
  private readonly names = new ScopeNames();
  readonly outputs: { name: string; value: Value }[] = [];

  constructor(private readonly weights: Weights) {}

  scope<R>(name: string, build: () => R): R {
    return this.names.scope(name, build);
  }

  shape(x: Value): Shape {
    return x.shape;
  }

  conv2d(x: Value, filters: number, kernel: Extent, name: string, options: ConvOptions = {}): Value {
    const window = convWindow(kernel, options);
    const weights = this.variable(name, 'weights', [...window.kernel, channelsOf(x.shape), filters]);
    return this.linear(
      x,
      'conv',
      weights,
      windowShape(x.shape, window, filters),
      name,
      options,
      windowAttributes(window, x.shape),
    );
  }

  depthwiseConv2d(x: Value, kernel: Extent, name: string, options: ConvOptions = {}): Value {
    const window = convWindow(kernel, options);
    const channels = channelsOf(x.shape);
    const weights = this.variable(name, 'depthwise_weights', [...window.kernel, channels, 1]);
    const attributes = { ...windowAttributes(window, x.shape), group: channels };
    return this.linear(x, 'depthwise', weights, windowShape(x.shape, window, channels), name, options, attributes);
  }

  fullyConnected(x: Value, units: number, name: string, options: { biases?: boolean } = {}): Value {
    const weights = this.variable(name, 'weights', [channelsOf(x.shape), units]);
    return this.linear(x, 'matrix', weights, [units], name, options, {});
  }

  cosines(x: Value, units: number, name: string, { centers = 1 }: { centers?: number } = {}): Value {
    const columns = units * centers;
    const shape = [channelsOf(x.shape), columns];
    const { data } = this.variable(name, 'weights', directionsShape(shape[0]!, units, centers));
    const squares = new Float64Array(columns);
    data.forEach((value, i) => (squares[i % columns]! += value * value));
    const inverse = squares.map((square) => 1 / Math.sqrt(Math.max(square, 1e-10)));
    const product = this.linear(this.l2Normalize(x), 'matrix', { shape, data }, [columns], name, {}, {});
    const all = this.perChannel(product, inverse, undefined);
    if (centers === 1) return all;
    return operation('ReduceMax', [this.reshape(all, [units, centers])], [units], { axes: [2], keepdims: 0 });
  }

  batchNorm(x: Value, name: string, { scale = false, epsilon = 0.001 }: BatchNormOptions = {}): Value {
    const channels = [channelsOf(x.shape)];
    const beta = this.variable(name, 'beta', channels).data;
    const gamma = scale ? this.variable(name, 'gamma', channels).data : undefined;
    const mean = this.variable(name, 'moving_mean', channels).data;
    const variance = this.variable(name, 'moving_variance', channels).data;
    const factor = Float64Array.from(variance, (value, c) => (gamma?.[c] ?? 1) / Math.sqrt(value + epsilon));
    return this.perChannel(
      x,
      factor,
      Float64Array.from(beta, (value, c) => value - mean[c]! * factor[c]!),
    );
  }

  affine(x: Value, name: string): Value {
    const channels = [channelsOf(x.shape)];
    return this.perChannel(
      x,
      this.variable(name, 'scale', channels).data,
      this.variable(name, 'biases', channels).data,
    );
  }

  relu(x: Value): Value {
    return operation('Relu', [x], x.shape);
  }

  relu6(x: Value): Value {
    const bound = (value: number): Constant => ({ float: Float32Array.of(value), dims: [] });
    return operation('Clip', [x], x.shape, {}, [bound(0), bound(6)]);
  }

  leakyRelu(x: Value, slope: number): Value {
    return operation('LeakyRelu', [x], x.shape, { alpha: { float: slope } });
  }

  prelu(x: Value, name: string): Value {
    const alpha = this.variable(name, 'alpha', [channelsOf(x.shape)]).data;
    if (x.shape.length !== 3) return operation('PRelu', [x], x.shape, {}, [this.channelConstant(x, alpha)]);
    // α·x + (1 − α)·max(x, 0): ONNX Runtime's PRelu is not vectorised and leaves the blocked layout of convolutions,
    // while a batch norm stays in it; this doubles the speed of MTCNN's networks.
    const positive = this.scaleChannels(
      this.relu(x),
      alpha.map((slope) => 1 - slope),
    );
    return operation('Add', [this.scaleChannels(x, alpha), positive], x.shape);
  }

  sigmoid(x: Value): Value {
    return operation('Sigmoid', [x], x.shape);
  }

  softmax(x: Value): Value {
    return operation('Softmax', [x], x.shape, { axis: lastAxis(x.shape) });
  }

  maxPool(x: Value, kernel: Extent, options?: WindowOptions): Value {
    const window = poolWindow(kernel, options);
    return operation(
      'MaxPool',
      [x],
      windowShape(x.shape, window, channelsOf(x.shape)),
      windowAttributes(window, x.shape),
    );
  }

  averagePool(x: Value, kernel: Extent, options?: WindowOptions): Value {
    const window = poolWindow(kernel, options);
    return operation(
      'AveragePool',
      [x],
      windowShape(x.shape, window, channelsOf(x.shape)),
      windowAttributes(window, x.shape),
    );
  }

  globalAveragePool(x: Value): Value {
    return operation('ReduceMean', [x], [channelsOf(x.shape)], { axes: [2, 3], keepdims: 0 });
  }

  concat(parts: readonly Value[], axis?: number): Value {
    const { shape } = parts[0]!;
    const along = axis ?? shape.length - 1;
    const joined = concatShape(
      parts.map((part) => part.shape),
      along,
    );
    return operation('Concat', parts, joined, { axis: onnxAxis(shape, along) });
  }

  add(a: Value, b: Value): Value {
    return operation('Add', [a, b], a.shape);
  }

  addScaled(x: Value, y: Value, factor: number): Value {
    if (factor === 1) return this.add(x, y);
    return this.add(x, this.perChannel(y, new Float64Array(channelsOf(y.shape)).fill(factor), undefined));
  }

  zeroPad(
    x: Value,
    { height = 0, width = 0, channels = 0 }: { height?: number; width?: number; channels?: number },
  ): Value {
    if (height === 0 && width === 0 && channels === 0) return x;
    const shape = paddedShape(x.shape, { height, width, channels });
    return operation('Pad', [x], shape, {}, [{ int64: [0, 0, 0, 0, 0, channels, height, width] }]);
  }

  flatten(x: Value): Value {
    return this.reshape(x, [-1]);
  }

  reshape(x: Value, shape: readonly number[]): Value {
    const target = reshaped(x.shape, shape);
    const reshapedValue = operation('Reshape', [this.inTensorFlowOrder(x)], target, {}, [{ int64: [0, ...shape] }]);
    return shape.length === 3 ? operation('Transpose', [reshapedValue], target, { perm: [0, 3, 1, 2] }) : reshapedValue;
  }

  dropout(x: Value): Value {
    return x;
  }

  l2Normalize(x: Value): Value {
    const squares = operation('Mul', [x, x], x.shape);
    const sum = operation('ReduceSum', [squares], [1], { keepdims: 1 }, [{ int64: [lastAxis(x.shape)] }]);
    const bounded = operation('Max', [sum], [1], {}, [{ float: Float32Array.of(1e-10), dims: [1] }]);
    return operation('Div', [x, operation('Sqrt', [bounded], [1])], x.shape);
  }

  output(name: string, x: Value): Value {
    this.outputs.push({ name, value: x });
    return x;
  }

  /** The value with its elements in TensorFlow's order: images transposed back to [N, H, W, C]. */
  inTensorFlowOrder(x: Value): Value {
    return x.shape.length === 3 ? operation('Transpose', [x], x.shape, { perm: [0, 2, 3, 1] }) : x;
  }

  /** The value of an input [N, H, W, C], turned once into [N, C, H, W]. */
  fromTensorFlowOrder(x: Value): Value {
    return x.shape.length === 3 ? operation('Transpose', [x], x.shape, { perm: [0, 3, 1, 2] }) : x;
  }

  private variable(
    name: string,
    role: string,
    shape: readonly number[],
  ): { shape: readonly number[]; data: Float32Array } {
    return requireWeights(this.weights, this.names.variable(name, role), shape);
  }

  private linear(
    input: Value,
    operator: LinearValue['operator'],
    weights: LinearValue['weights'],
    shape: Shape,
    name: string,
    { biases = false }: { biases?: boolean },
    attributes: Record<string, AttributeValue>,
  ): Value {
    const channels = channelsOf(shape);
    const shift = biases ? Float64Array.from(this.variable(name, 'biases', [channels]).data) : undefined;
    return {
      kind: 'linear',
      shape,
      input,
      operator,
      weights,
      attributes,
      scale: new Float64Array(channels).fill(1),
      shift,
    };
  }

  private perChannel(x: Value, scale: ArrayLike<number>, shift: ArrayLike<number> | undefined): Value {
    if (x.kind === 'linear') return foldAffine(x, scale, shift);
    const scaled = operation('Mul', [x], x.shape, {}, [this.channelConstant(x, scale)]);
    return shift === undefined ? scaled : operation('Add', [scaled], x.shape, {}, [this.channelConstant(x, shift)]);
  }

  /** x · factor per channel as an inference batch norm of mean 0 and variance 1. */
  private scaleChannels(x: Value, factor: Float32Array): Value {
    const dims = [factor.length];
    const constant = (value: number): Constant => ({ float: new Float32Array(factor.length).fill(value), dims });
    const statistics = [constant(0), constant(0), constant(1)];
    return operation('BatchNormalization', [x], x.shape, { epsilon: { float: 0 } }, [
      { float: factor, dims },
      ...statistics,
    ]);
  }

  private channelConstant(x: Value, values: ArrayLike<number>): Constant {
    const dims = x.shape.length === 3 ? [values.length, 1, 1] : [values.length];
    return { float: Float32Array.from(values), dims };
  }
}
