import type { BatchNormOptions, ConvOptions, Extent, Ops, Shape, WindowOptions } from '../ops';
import { ScopeNames } from '../scopeNames';
import { channelsOf, concatShape, convWindow, poolWindow, windowShape } from '../shapes';

/** A layer of Keras with what it takes; `inputs` is empty for the image. */
export interface Layer {
  shape: Shape;
  inputs: readonly Layer[];
  /** Of a layer with weights: its scopes, and its variables by the names that Keras has for them, in Keras' order. */
  path?: string;
  weights: readonly { name: string; variable: string; shape: readonly number[] }[];
}

const unsupported = (what: string): never => {
  throw new Error(`Keras' layout has no ${what}`);
};

/**
 * Writes a network as the layers that a Keras model of it has, one for each operation, in the vocabulary of
 * Inception-ResNet: what other networks say besides has no counterpart in a model that is in use.
 */
export class KerasOps implements Ops<Layer> {
  private readonly names = new ScopeNames();

  scope<R>(name: string, build: () => R): R {
    return this.names.scope(name, build);
  }

  shape(x: Layer): Shape {
    return x.shape;
  }

  conv2d(x: Layer, filters: number, kernel: Extent, name: string, options: ConvOptions = {}): Layer {
    const window = convWindow(kernel, options);
    const weights = [this.weight(name, 'kernel', 'weights', [...window.kernel, channelsOf(x.shape), filters])];
    if (options.biases === true) weights.push(this.weight(name, 'bias', 'biases', [filters]));
    return this.layer(name, [x], windowShape(x.shape, window, filters), weights);
  }

  fullyConnected(x: Layer, units: number, name: string, { biases = false }: { biases?: boolean } = {}): Layer {
    const weights = [this.weight(name, 'kernel', 'weights', [channelsOf(x.shape), units])];
    if (biases) weights.push(this.weight(name, 'bias', 'biases', [units]));
    return this.layer(name, [x], [units], weights);
  }

  batchNorm(x: Layer, name: string, { scale = false }: BatchNormOptions = {}): Layer {
    const roles = [...(scale ? ['gamma'] : []), 'beta', 'moving_mean', 'moving_variance'];
    const weights = roles.map((role) => this.weight(name, role, role, [channelsOf(x.shape)]));
    return this.layer(name, [x], x.shape, weights);
  }

  relu(x: Layer): Layer {
    return plain([x], x.shape);
  }

  maxPool(x: Layer, kernel: Extent, options?: WindowOptions): Layer {
    return plain([x], windowShape(x.shape, poolWindow(kernel, options), channelsOf(x.shape)));
  }

  globalAveragePool(x: Layer): Layer {
    return plain([x], [channelsOf(x.shape)]);
  }

  concat(parts: readonly Layer[], axis?: number): Layer {
    const shapes = parts.map(({ shape }) => shape);
    return plain(parts, concatShape(shapes, axis ?? shapes[0]!.length - 1));
  }

  add(a: Layer, b: Layer): Layer {
    return plain([a, b], a.shape);
  }

  /** The factor is a layer of its own, also where it is 1. */
  addScaled(x: Layer, y: Layer): Layer {
    return this.add(x, plain([y], y.shape));
  }

  dropout(x: Layer): Layer {
    return plain([x], x.shape);
  }

  depthwiseConv2d = (): never => unsupported('depthwise convolution');
  cosines = (): never => unsupported('directions');
  affine = (): never => unsupported('affine layer');
  relu6 = (): never => unsupported('relu6');
  leakyRelu = (): never => unsupported('leaky relu');
  prelu = (): never => unsupported('prelu');
  sigmoid = (): never => unsupported('sigmoid');
  softmax = (): never => unsupported('softmax');
  averagePool = (): never => unsupported('average pool');
  zeroPad = (): never => unsupported('padding');
  flatten = (): never => unsupported('flatten');
  reshape = (): never => unsupported('reshape');
  l2Normalize = (): never => unsupported('normalisation');
  output = (): never => unsupported('second result');

  private weight(name: string, kerasName: string, role: string, shape: readonly number[]) {
    return { name: kerasName, variable: this.names.variable(name, role), shape };
  }

  private layer(name: string, inputs: readonly Layer[], shape: Shape, weights: Layer['weights']): Layer {
    return { inputs, shape, weights, path: this.names.variable(name) };
  }
}

function plain(inputs: readonly Layer[], shape: Shape): Layer {
  return { inputs, shape, weights: [] };
}
