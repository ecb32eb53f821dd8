import type { BatchNormOptions, ConvOptions, Extent, Ops, Shape, WindowOptions } from '../ops';
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
import type { GraphBuilder } from './graphBuilder';
import type { AttributeValue } from './schema';
import type { WriteVariable } from './variables';

/** The result of a node: a batch [N, ...shape] of float32. */
export interface Value {
  node: string;
  shape: Shape;
}

const float = { T: { type: 'float' } } as const;
const int32Index = { Tidx: { type: 'int32' } } as const;
const layout = { data_format: { string: 'NHWC' } } as const;

function slide({ stride, padding }: Window): Record<string, AttributeValue> {
  return { ...float, ...layout, strides: { ints: [1, ...stride, 1] }, padding: { string: padding.toUpperCase() } };
}

/**
 * Writes a network as TensorFlow nodes that every TensorFlow since 1.4 knows, in inference form: batch norms use their
 * moving statistics, dropout is gone. Nodes are named as TensorFlow 1.x names them, within the scopes of the network.
 */
export class GraphdefOps implements Ops<Value> {
  private readonly names = new ScopeNames();
  private readonly written = new Map<string, string>();

  constructor(
    private readonly graph: GraphBuilder,
    private readonly writeVariable: WriteVariable,
  ) {}

  scope<R>(name: string, build: () => R): R {
    return this.names.scope(name, build);
  }

  shape(x: Value): Shape {
    return x.shape;
  }

  conv2d(x: Value, filters: number, kernel: Extent, name: string, options: ConvOptions = {}): Value {
    const window = convWindow(kernel, options);
    const weights = this.variable(name, 'weights', [...window.kernel, channelsOf(x.shape), filters]);
    const shape = windowShape(x.shape, window, filters);
    return this.biased(this.node('Conv2D', `${name}/Conv2D`, [x.node, weights], shape, slide(window)), name, options);
  }

  depthwiseConv2d(x: Value, kernel: Extent, name: string, options: ConvOptions = {}): Value {
    const window = convWindow(kernel, options);
    const channels = channelsOf(x.shape);
    const weights = this.variable(name, 'depthwise_weights', [...window.kernel, channels, 1]);
    const shape = windowShape(x.shape, window, channels);
    const y = this.node('DepthwiseConv2dNative', `${name}/depthwise`, [x.node, weights], shape, slide(window));
    return this.biased(y, name, options);
  }

  fullyConnected(x: Value, units: number, name: string, options: { biases?: boolean } = {}): Value {
    const weights = this.variable(name, 'weights', [channelsOf(x.shape), units]);
    return this.biased(this.product(x, weights, units, name), name, options);
  }

  cosines(x: Value, units: number, name: string, { centers = 1 }: { centers?: number } = {}): Value {
    const channels = channelsOf(x.shape);
    const node = this.variable(name, 'weights', directionsShape(channels, units, centers));
    // Its rows stand where a batch has its examples.
    const columns: Value = { node, shape: [units * centers] };
    const directions = centers === 1 ? columns : this.reshapeTo(columns, columns.shape, `${name}/Reshape`);
    const unit = this.unitLength(directions, 0, `${name}/directions`);
    const all = this.product(this.l2Normalize(x, `${name}/l2_normalize`), unit.node, units * centers, name);
    if (centers === 1) return all;
    const split = this.reshapeTo(all, [units, centers], `${name}/Reshape`);
    const axes = this.int32s(`${name}/Max/reduction_indices`, [2]);
    const attributes = { ...float, ...int32Index, keep_dims: { bool: false } };
    return this.node('Max', `${name}/Max`, [split.node, axes], [units], attributes);
  }

  batchNorm(x: Value, name: string, { scale = false, epsilon = 0.001 }: BatchNormOptions = {}): Value {
    const channels = channelsOf(x.shape);
    const beta = this.variable(name, 'beta', [channels]);
    // The reference's batch norms have no scale; its graphs hold a constant of one repeated value.
    const gamma = scale
      ? this.variable(name, 'gamma', [channels])
      : this.graph.constant(this.names.variable(name, 'Const'), { shape: [channels], repeated: 1, type: 'float' });
    const mean = this.variable(name, 'moving_mean', [channels]);
    const variance = this.variable(name, 'moving_variance', [channels]);
    const normalize = (image: Value): Value =>
      this.node('FusedBatchNorm', `${name}/FusedBatchNorm`, [image.node, gamma, beta, mean, variance], image.shape, {
        ...float,
        ...layout,
        epsilon: { float: epsilon },
        is_training: { bool: false },
      });
    if (x.shape.length === 3) return normalize(x);
    // It takes images only; `Reshape` and `Reshape_1` are what the reference's graphs have here (§2.2).
    const image = this.reshapeTo(x, [x.shape.slice(0, -1).reduce<number>(times, 1), 1, channels], `${name}/Reshape`);
    return this.reshapeTo(normalize(image), x.shape, `${name}/Reshape`);
  }

  affine(x: Value, name: string): Value {
    const channels = [channelsOf(x.shape)];
    const scaled = this.binary('Mul', x, this.variable(name, 'scale', channels), `${name}/mul`);
    return this.binary('Add', scaled, this.variable(name, 'biases', channels), `${name}/add`);
  }

  relu(x: Value): Value {
    return this.node('Relu', 'Relu', [x.node], x.shape, float);
  }

  relu6(x: Value): Value {
    return this.node('Relu6', 'Relu6', [x.node], x.shape, float);
  }

  leakyRelu(x: Value, slope: number): Value {
    const sloped = this.binary('Mul', x, this.scalar('LeakyRelu/alpha', slope), 'LeakyRelu/mul');
    return this.binary('Maximum', x, sloped.node, 'LeakyRelu/Maximum');
  }

  prelu(x: Value, name: string): Value {
    const alpha = this.variable(name, 'alpha', [channelsOf(x.shape)]);
    const positive = this.node('Relu', `${name}/Relu`, [x.node], x.shape, float);
    const negated = this.node('Neg', `${name}/Neg`, [x.node], x.shape, float);
    const negative = this.node('Relu', `${name}/Relu`, [negated.node], x.shape, float);
    return this.binary('Sub', positive, this.binary('Mul', negative, alpha, `${name}/mul`).node, `${name}/sub`);
  }

  sigmoid(x: Value): Value {
    return this.node('Sigmoid', 'Sigmoid', [x.node], x.shape, float);
  }

  softmax(x: Value): Value {
    return this.node('Softmax', 'Softmax', [x.node], x.shape, float);
  }

  maxPool(x: Value, kernel: Extent, options?: WindowOptions): Value {
    return this.pool('MaxPool', x, poolWindow(kernel, options));
  }

  averagePool(x: Value, kernel: Extent, options?: WindowOptions): Value {
    return this.pool('AvgPool', x, poolWindow(kernel, options));
  }

  globalAveragePool(x: Value): Value {
    const axes = this.int32s('Mean/reduction_indices', [1, 2]);
    const attributes = { ...float, ...int32Index, keep_dims: { bool: false } };
    return this.node('Mean', 'Mean', [x.node, axes], [channelsOf(x.shape)], attributes);
  }

  concat(parts: readonly Value[], axis?: number): Value {
    const along = axis ?? parts[0]!.shape.length - 1;
    const shape = concatShape(
      parts.map((part) => part.shape),
      along,
    );
    const inputs = [...parts.map(({ node }) => node), this.int32('concat/axis', along + 1)];
    return this.node('ConcatV2', 'concat', inputs, shape, { ...float, ...int32Index, N: { int: parts.length } });
  }

  add(a: Value, b: Value): Value {
    return this.binary('Add', a, b.node, 'add');
  }

  addScaled(x: Value, y: Value, factor: number): Value {
    if (factor === 1) return this.add(x, y);
    return this.add(x, this.binary('Mul', y, this.scalar('mul/y', factor), 'mul'));
  }

  zeroPad(x: Value, after: { height?: number; width?: number; channels?: number }): Value {
    const { height = 0, width = 0, channels = 0 } = after;
    if (height === 0 && width === 0 && channels === 0) return x;
    const paddings = this.graph.constant(this.names.variable('Pad/paddings'), {
      shape: [4, 2],
      int32: [0, 0, 0, height, 0, width, 0, channels],
    });
    const attributes = { ...float, Tpaddings: { type: 'int32' } } as const;
    return this.node('Pad', 'Pad', [x.node, paddings], paddedShape(x.shape, after), attributes);
  }

  flatten(x: Value): Value {
    return this.reshape(x, [-1]);
  }

  reshape(x: Value, shape: readonly number[]): Value {
    return this.reshapeTo(x, reshaped(x.shape, shape), 'Reshape');
  }

  dropout(x: Value): Value {
    return x;
  }

  l2Normalize(x: Value, name = 'l2_normalize'): Value {
    return this.unitLength(x, x.shape.length, name);
  }

  output(name: string, x: Value): Value {
    return this.node('Identity', name, [x.node], x.shape, float);
  }

  /** x / sqrt(max(Σx², 1e-10)) along an axis of the batch. */
  private unitLength(x: Value, axis: number, name: string): Value {
    const squares = this.node('Square', `${name}/Square`, [x.node], x.shape, float);
    const sum = this.node(
      'Sum',
      `${name}/Sum`,
      [squares.node, this.int32s(`${name}/Sum/reduction_indices`, [axis])],
      x.shape.map((size, index) => (index === axis - 1 ? 1 : size)),
      { ...float, ...int32Index, keep_dims: { bool: true } },
    );
    const bounded = this.binary('Maximum', sum, this.scalar(`${name}/Maximum/y`, 1e-10), `${name}/Maximum`);
    const inverse = this.node('Rsqrt', `${name}/Rsqrt`, [bounded.node], sum.shape, float);
    return this.binary('Mul', x, inverse.node, name);
  }

  private product(x: Value, weights: string, units: number, name: string): Value {
    return this.node('MatMul', `${name}/MatMul`, [x.node, weights], [units], {
      ...float,
      transpose_a: { bool: false },
      transpose_b: { bool: false },
    });
  }

  private node(
    op: string,
    name: string,
    inputs: readonly string[],
    shape: Shape,
    attributes: Record<string, AttributeValue>,
  ): Value {
    return { node: this.graph.add(op, this.names.variable(name), inputs, attributes), shape };
  }

  /** An operation on values of one size, or on a value and something that is repeated along its first axes. */
  private binary(op: string, x: Value, y: string, name: string): Value {
    return this.node(op, name, [x.node, y], x.shape, float);
  }

  private biased(y: Value, name: string, { biases = false }: { biases?: boolean }): Value {
    if (!biases) return y;
    const shift = this.variable(name, 'biases', [channelsOf(y.shape)]);
    return this.node('BiasAdd', `${name}/BiasAdd`, [y.node, shift], y.shape, { ...float, ...layout });
  }

  private pool(op: 'MaxPool' | 'AvgPool', x: Value, window: Window): Value {
    const shape = windowShape(x.shape, window, channelsOf(x.shape));
    return this.node(op, op, [x.node], shape, { ...slide(window), ksize: { ints: [1, ...window.kernel, 1] } });
  }

  private reshapeTo(x: Value, shape: Shape, name: string): Value {
    if (shape.some((size) => size === undefined)) throw new Error('a reshape needs an input of known size');
    const target = this.int32s(`${name}/shape`, [-1, ...(shape as number[])]);
    return this.node('Reshape', name, [x.node, target], shape, { ...float, Tshape: { type: 'int32' } });
  }

  private variable(name: string, role: string, shape: readonly number[]): string {
    const full = this.names.variable(name, role);
    // A layer that is built twice has one variable.
    const node = this.written.get(full) ?? this.writeVariable(full, shape);
    this.written.set(full, node);
    return node;
  }

  private scalar(name: string, value: number): string {
    return this.graph.constant(this.names.variable(name), { shape: [], repeated: value, type: 'float' });
  }

  private int32(name: string, value: number): string {
    return this.graph.constant(this.names.variable(name), { shape: [], int32: [value] });
  }

  private int32s(name: string, values: readonly number[]): string {
    return this.graph.constant(this.names.variable(name), { shape: [values.length], int32: values });
  }
}

function times(product: number, size: number | undefined): number {
  if (size === undefined) throw new Error('a batch norm on rows needs an input of known size');
  return product * size;
}
