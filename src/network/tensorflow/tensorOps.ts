import type { Tensor, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import { UserError } from '../../protocol/errors';
import type { BatchNormOptions, ConvOptions, Extent, Ops, Shape, WindowOptions } from '../ops';
import { ScopeNames } from '../scopeNames';
import { convWindow, poolWindow, windowShape, type Window } from '../shapes';
import { normalizeByBatch } from './batchNormalization';
import { cosines } from './cosines';
import { dropout, type DropoutSeed, laterSeed } from './dropout';
import { concatenation, globalMean, maxPooling, residualSum } from './joining';
import { convolution, matrixProduct } from './linear';
import type { TensorFlow } from './tensorflow';

/** A tensor, and whether it depends on variables whose gradient is wanted. */
interface Ready {
  kind: 'ready';
  tensor: Tensor;
  trained: boolean;
}

/** A layer with weights that waits for what follows it: frozen batch norm, affine and ReLU become part of it. */
interface Pending {
  kind: 'linear';
  input: Ready;
  weights: Tensor;
  bias: Tensor1D | undefined;
  /** Undefined: a matrix product. */
  window: Window | undefined;
}

/** A sum that waits for a ReLU. */
interface Sum {
  kind: 'sum';
  parts: readonly [Ready, Ready];
}

/** Batch norm in training mode that waits for a ReLU. */
interface Normalized {
  kind: 'normalized';
  input: Ready;
  beta: Tensor1D;
  epsilon: number;
  name: string;
}

export type TensorValue = Ready | Pending | Normalized | Sum;

export interface TensorOpsOptions {
  training: boolean;
  batchNorm: 'frozen' | 'update';
  keepProbability: number;
  bfloat16: boolean;
  dropoutSeed?: DropoutSeed;
  onMovingStatistics?: (name: string, mean: Tensor1D, variance: Tensor1D) => void;
}

/** Computes a network with TensorFlow.js; what it computes has gradients. Used inside `tf.tidy` or a gradient function. */
export class TensorOps implements Ops<TensorValue> {
  private readonly names = new ScopeNames();
  private dropouts = 0;

  constructor(
    private readonly tf: TensorFlow,
    private readonly variables: ReadonlyMap<string, Tensor>,
    private readonly options: TensorOpsOptions,
  ) {}

  scope<R>(name: string, build: () => R): R {
    return this.names.scope(name, build);
  }

  shape(x: TensorValue): Shape {
    if (x.kind === 'ready') return x.tensor.shape.slice(1);
    if (x.kind === 'normalized') return x.input.tensor.shape.slice(1);
    if (x.kind === 'sum') return x.parts[0].tensor.shape.slice(1);
    const channels = x.weights.shape.at(-1)!;
    return x.window === undefined ? [channels] : windowShape(x.input.tensor.shape.slice(1), x.window, channels);
  }

  conv2d(x: TensorValue, _filters: number, kernel: Extent, name: string, options: ConvOptions = {}): TensorValue {
    return this.linear(x, name, options.biases === true, convWindow(kernel, options));
  }

  fullyConnected(x: TensorValue, _units: number, name: string, options: { biases?: boolean } = {}): TensorValue {
    return this.linear(x, name, options.biases === true, undefined);
  }

  cosines(x: TensorValue, _units: number, name: string): TensorValue {
    const { tensor, trained } = this.force(x);
    return this.ready(cosines(this.tf, tensor as Tensor2D, this.variable(name, 'weights'), trained));
  }

  depthwiseConv2d(x: TensorValue, kernel: Extent, name: string, options: ConvOptions = {}): TensorValue {
    const { stride, padding } = convWindow(kernel, options);
    const weights = this.variable(name, 'depthwise_weights') as Tensor4D;
    const y = this.tf.depthwiseConv2d(this.tensor(x) as Tensor4D, weights, [...stride], padding);
    return this.ready(options.biases === true ? this.tf.add(y, this.variable(name, 'biases')) : y);
  }

  batchNorm(x: TensorValue, name: string, { scale = false, epsilon = 0.001 }: BatchNormOptions = {}): TensorValue {
    const { tf } = this;
    const beta = this.variable(name, 'beta') as Tensor1D;
    if (this.options.training && this.options.batchNorm === 'update') {
      const normalized: Normalized = {
        kind: 'normalized',
        input: this.force(x),
        beta: scale ? tf.zerosLike(beta) : beta,
        epsilon,
        name: this.names.variable(name),
      };
      if (!scale) return normalized;
      return this.ready(tf.add(tf.mul(this.tensor(normalized), this.variable(name, 'gamma')), beta));
    }
    const inverse = tf.rsqrt(tf.add(this.variable(name, 'moving_variance'), epsilon));
    const factor = scale ? tf.mul(inverse, this.variable(name, 'gamma')) : inverse;
    return this.perChannel(x, factor, tf.sub<Tensor1D>(beta, tf.mul(this.variable(name, 'moving_mean'), factor)));
  }

  affine(x: TensorValue, name: string): TensorValue {
    return this.perChannel(x, this.variable(name, 'scale'), this.variable(name, 'biases') as Tensor1D);
  }

  relu(x: TensorValue): TensorValue {
    return x.kind === 'ready' ? this.map(x, this.tf.relu) : this.finish(x, true);
  }

  relu6(x: TensorValue): TensorValue {
    return this.map(x, (tensor) => this.tf.clipByValue(tensor, 0, 6));
  }

  leakyRelu(x: TensorValue, slope: number): TensorValue {
    return this.map(x, (tensor) => this.tf.leakyRelu(tensor, slope));
  }

  prelu(x: TensorValue, name: string): TensorValue {
    return this.ready(this.tf.prelu(this.tensor(x), this.variable(name, 'alpha')));
  }

  sigmoid(x: TensorValue): TensorValue {
    return this.map(x, this.tf.sigmoid);
  }

  softmax(x: TensorValue): TensorValue {
    return this.map(x, (tensor) => this.tf.softmax(tensor));
  }

  maxPool(x: TensorValue, kernel: Extent, options?: WindowOptions): TensorValue {
    const window = poolWindow(kernel, options);
    return this.map(x, (t) => maxPooling(this.tf, t as Tensor4D, window));
  }

  averagePool(x: TensorValue, kernel: Extent, options?: WindowOptions): TensorValue {
    const window = poolWindow(kernel, options);
    return this.map(x, (t) => this.tf.avgPool(t as Tensor4D, [...window.kernel], [...window.stride], window.padding));
  }

  globalAveragePool(x: TensorValue): TensorValue {
    return this.map(x, (tensor) => globalMean(this.tf, tensor as Tensor4D));
  }

  concat(parts: readonly TensorValue[], axis?: number): TensorValue {
    const ready = parts.map((part) => this.force(part));
    const along = axis === undefined ? -1 : axis + 1;
    const tensor = concatenation(
      this.tf,
      ready.map((part) => part.tensor),
      along,
    );
    return { kind: 'ready', tensor, trained: ready.some((part) => part.trained) };
  }

  add(a: TensorValue, b: TensorValue): TensorValue {
    return { kind: 'sum', parts: [this.force(a), this.force(b)] };
  }

  addScaled(x: TensorValue, y: TensorValue, factor: number): TensorValue {
    if (factor === 1) return this.add(x, y);
    return this.add(x, this.perChannel(y, this.tf.scalar(factor), undefined));
  }

  zeroPad(
    x: TensorValue,
    { height = 0, width = 0, channels = 0 }: { height?: number; width?: number; channels?: number },
  ): TensorValue {
    if (height === 0 && width === 0 && channels === 0) return x;
    return this.map(x, (tensor) =>
      this.tf.pad(tensor, [
        [0, 0],
        [0, height],
        [0, width],
        [0, channels],
      ]),
    );
  }

  flatten(x: TensorValue): TensorValue {
    return this.reshape(x, [-1]);
  }

  reshape(x: TensorValue, shape: readonly number[]): TensorValue {
    return this.map(x, (tensor) => this.tf.reshape(tensor, [tensor.shape[0], ...shape]));
  }

  dropout(x: TensorValue): TensorValue {
    const { training, keepProbability, dropoutSeed } = this.options;
    if (!training || keepProbability === 1) return x;
    const seed = dropoutSeed === undefined ? undefined : laterSeed(this.tf, dropoutSeed, this.dropouts++);
    return this.map(x, (tensor) => dropout(this.tf, tensor, keepProbability, seed));
  }

  l2Normalize(x: TensorValue): TensorValue {
    const { tf } = this;
    return this.map(x, (t) => tf.mul(t, tf.rsqrt(tf.maximum(tf.sum(tf.square(t), -1, true), 1e-10))));
  }

  output(_name: string, x: TensorValue): TensorValue {
    return x;
  }

  /** The value as a tensor, with whatever it waited for done. */
  tensor(x: TensorValue): Tensor {
    return this.force(x).tensor;
  }

  private force(x: TensorValue): Ready {
    return x.kind === 'ready' ? x : this.finish(x, false);
  }

  private finish(x: Pending | Normalized | Sum, relu: boolean): Ready {
    const { tf } = this;
    if (x.kind === 'sum') {
      const [left, right] = x.parts;
      const tensor = residualSum(tf, left.tensor, right.tensor, relu);
      return { kind: 'ready', tensor, trained: left.trained || right.trained };
    }
    if (x.kind === 'normalized') {
      const { onMovingStatistics } = this.options;
      const onStatistics =
        onMovingStatistics && ((mean: Tensor1D, variance: Tensor1D) => onMovingStatistics(x.name, mean, variance));
      return this.ready(normalizeByBatch(tf, x.input.tensor, x.beta, { epsilon: x.epsilon, relu, onStatistics }));
    }
    const { input, weights, bias, window } = x;
    const options = { relu, inputGradient: input.trained, bfloat16: this.options.bfloat16 };
    return this.ready(
      window === undefined
        ? matrixProduct(tf, input.tensor as Tensor2D, weights as Tensor2D, bias, options)
        : convolution(tf, input.tensor as Tensor4D, weights as Tensor4D, bias, window, options),
    );
  }

  private linear(x: TensorValue, name: string, biases: boolean, window: Window | undefined): Pending {
    const bias = biases ? (this.variable(name, 'biases') as Tensor1D) : undefined;
    return { kind: 'linear', input: this.force(x), weights: this.variable(name, 'weights'), bias, window };
  }

  /** x · scale + shift per channel: on the weights of a layer that has not run yet, which are smaller than its result. */
  private perChannel(x: TensorValue, scale: Tensor, shift: Tensor1D | undefined): TensorValue {
    const { tf } = this;
    if (x.kind === 'linear') {
      const scaled = x.bias === undefined ? undefined : tf.mul(x.bias, scale);
      const bias = scaled === undefined ? shift : shift === undefined ? scaled : tf.add(scaled, shift);
      return { ...x, weights: tf.mul(x.weights, scale), bias: bias as Tensor1D | undefined };
    }
    const scaled = tf.mul(this.tensor(x), scale);
    return this.ready(shift === undefined ? scaled : tf.add(scaled, shift));
  }

  private map(x: TensorValue, apply: (tensor: Tensor) => Tensor): Ready {
    const { tensor, trained } = this.force(x);
    return { kind: 'ready', tensor: apply(tensor), trained };
  }

  /** The result of an operation with variables. */
  private ready(tensor: Tensor): Ready {
    return { kind: 'ready', tensor, trained: this.options.training };
  }

  private variable(name: string, role: string): Tensor {
    const full = this.names.variable(name, role);
    const tensor = this.variables.get(full);
    if (tensor === undefined) {
      throw new UserError(`The model has no variable ${full}.`, 'Choose a model of the network that is asked for.');
    }
    return tensor;
  }
}
