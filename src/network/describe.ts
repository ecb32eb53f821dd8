import type { BatchNormOptions, Chain, ConvOptions, Extent, Ops, Shape, Stage, WindowOptions } from './ops';
import { logitsStage } from './classifiers';
import type { Network } from './network';
import { ScopeNames } from './scopeNames';
import {
  channelsOf,
  concatShape,
  convWindow,
  directionsShape,
  paddedShape,
  poolWindow,
  reshaped,
  windowShape,
} from './shapes';

/** What a variable is to its layer: the last part of its name. */
export const variableRoles = [
  'weights',
  'depthwise_weights',
  'biases',
  'beta',
  'gamma',
  'moving_mean',
  'moving_variance',
  'alpha',
  'scale',
] as const;
export type VariableRole = (typeof variableRoles)[number];

export interface VariableSpec {
  /** Full name, as in a checkpoint of the reference. */
  name: string;
  shape: number[];
  role: VariableRole;
  /** Name of the stage that owns it. */
  stage: string;
  /** Weight decay applies (spec §4.1: every `weights`). */
  regularized: boolean;
  /** Inputs and outputs of one unit: kh·kw·in and kh·kw·out; 0 for anything but weights. */
  fanIn: number;
  fanOut: number;
}

export interface StageDescription {
  name: string;
  /** Of one image: [H, W, C] or [C]. */
  outputShape: Shape;
  variables: VariableSpec[];
  /**
   * Values per image that a training step keeps for its gradients: the results of layers, sums, joins and pools.
   * `normalized` is what batch norms keep besides when they use the batch's statistics.
   */
  kept: { results: number; normalized: number };
  /** Multiply-adds of its convolutions and fully connected layers for one image. */
  multiplyAdds: number;
  /** It drops values in training. */
  drops: boolean;
}

export interface Description {
  stages: StageDescription[];
  /** All variables in the order of their creation, which is the reference's. */
  variables: VariableSpec[];
}

/** Variables whose values the optimizer changes; the others are moving statistics. */
export function isTrained(variable: Pick<VariableSpec, 'role'>): boolean {
  return variable.role !== 'moving_mean' && variable.role !== 'moving_variance';
}

/** Values of one image; an unknown dimension counts as 1. */
function size(shape: Shape): number {
  return shape.reduce<number>((product, dimension) => product * (dimension ?? 1), 1);
}

/** Follows a network with shapes alone and notes every variable it asks for. */
class ShapeOps implements Ops<Shape> {
  private readonly names = new ScopeNames();
  readonly variables: VariableSpec[] = [];
  stage = '';
  kept = { results: 0, normalized: 0 };
  multiplyAdds = 0;
  drops = false;

  scope<R>(name: string, build: () => R): R {
    return this.names.scope(name, build);
  }

  shape(x: Shape): Shape {
    return x;
  }

  conv2d(x: Shape, filters: number, kernel: Extent, name: string, options: ConvOptions = {}): Shape {
    const window = convWindow(kernel, options);
    const channels = channelsOf(x);
    const taps = window.kernel[0] * window.kernel[1];
    this.weights(name, 'weights', [...window.kernel, channels, filters], taps * channels, taps * filters);
    if (options.biases === true) this.perChannel(name, 'biases', filters);
    return this.multiplied(windowShape(x, window, filters), taps * channels);
  }

  depthwiseConv2d(x: Shape, kernel: Extent, name: string, options: ConvOptions = {}): Shape {
    const window = convWindow(kernel, options);
    const channels = channelsOf(x);
    const taps = window.kernel[0] * window.kernel[1];
    this.weights(name, 'depthwise_weights', [...window.kernel, channels, 1], taps, taps);
    if (options.biases === true) this.perChannel(name, 'biases', channels);
    return this.multiplied(windowShape(x, window, channels), taps);
  }

  fullyConnected(x: Shape, units: number, name: string, options: { biases?: boolean } = {}): Shape {
    if (x.length !== 1) throw new Error(`fully connected layer ${name} needs vectors, not [${x.join(', ')}]`);
    this.weights(name, 'weights', [channelsOf(x), units], channelsOf(x), units);
    if (options.biases === true) this.perChannel(name, 'biases', units);
    return this.multiplied([units], channelsOf(x));
  }

  cosines(x: Shape, units: number, name: string, { centers = 1 }: { centers?: number } = {}): Shape {
    if (x.length !== 1) throw new Error(`the directions ${name} need vectors, not [${x.join(', ')}]`);
    const shape = directionsShape(channelsOf(x), units, centers);
    this.weights(name, 'weights', shape, channelsOf(x), units * centers);
    const all = this.multiplied([units * centers], channelsOf(x));
    return centers === 1 ? all : this.keep([units]);
  }

  batchNorm(x: Shape, name: string, { scale = false }: BatchNormOptions = {}): Shape {
    const channels = channelsOf(x);
    this.perChannel(name, 'beta', channels);
    if (scale) this.perChannel(name, 'gamma', channels);
    this.perChannel(name, 'moving_mean', channels);
    this.perChannel(name, 'moving_variance', channels);
    this.kept.normalized += size(x);
    return x;
  }

  affine(x: Shape, name: string): Shape {
    this.perChannel(name, 'scale', channelsOf(x));
    this.perChannel(name, 'biases', channelsOf(x));
    return x;
  }

  prelu(x: Shape, name: string): Shape {
    this.perChannel(name, 'alpha', channelsOf(x));
    return x;
  }

  relu = (x: Shape): Shape => x;
  relu6 = (x: Shape): Shape => x;
  leakyRelu = (x: Shape): Shape => x;
  sigmoid = (x: Shape): Shape => x;
  softmax = (x: Shape): Shape => x;
  l2Normalize = (x: Shape): Shape => x;
  output = (_name: string, x: Shape): Shape => x;
  addScaled = (x: Shape, y: Shape): Shape => this.add(x, y);

  dropout(x: Shape): Shape {
    this.drops = true;
    return x;
  }

  maxPool(x: Shape, kernel: Extent, options?: WindowOptions): Shape {
    return this.keep(windowShape(x, poolWindow(kernel, options), channelsOf(x)));
  }

  averagePool(x: Shape, kernel: Extent, options?: WindowOptions): Shape {
    return this.maxPool(x, kernel, options);
  }

  globalAveragePool(x: Shape): Shape {
    return this.keep([channelsOf(x)]);
  }

  concat(parts: readonly Shape[], axis?: number): Shape {
    return this.keep(concatShape(parts, axis ?? parts[0]!.length - 1));
  }

  add(a: Shape, b: Shape): Shape {
    if (a.length !== b.length || a.some((size, axis) => size !== b[axis])) {
      throw new Error(`cannot add [${b.join(', ')}] to [${a.join(', ')}]`);
    }
    return this.keep(a);
  }

  zeroPad(x: Shape, after: { height?: number; width?: number; channels?: number }): Shape {
    return paddedShape(x, after);
  }

  flatten(x: Shape): Shape {
    return reshaped(x, [-1]);
  }

  reshape(x: Shape, shape: readonly number[]): Shape {
    return reshaped(x, shape);
  }

  private keep(result: Shape): Shape {
    this.kept.results += size(result);
    return result;
  }

  /** A layer's result, each value of which is a sum of `terms` products. */
  private multiplied(result: Shape, terms: number): Shape {
    this.multiplyAdds += size(result) * terms;
    return this.keep(result);
  }

  private perChannel(name: string, role: VariableRole, channels: number): void {
    this.note(name, { shape: [channels], role, regularized: false, fanIn: 0, fanOut: 0 });
  }

  private weights(
    name: string,
    role: 'weights' | 'depthwise_weights',
    shape: number[],
    fanIn: number,
    fanOut: number,
  ): void {
    this.note(name, { shape, role, regularized: true, fanIn, fanOut });
  }

  private note(name: string, variable: Omit<VariableSpec, 'name' | 'stage'>): void {
    this.variables.push({ name: this.names.variable(name, variable.role), stage: this.stage, ...variable });
  }
}

/** Stages, shapes and variables of any chain for inputs of `inputShape` [H, W, C]. */
export function describeChain(chain: Pick<Chain, 'stages'>, inputShape: Shape): Description {
  const o = new ShapeOps();
  let x = inputShape;
  const stages = chain.stages.map((stage): StageDescription => {
    const before = o.variables.length;
    o.stage = stage.name;
    o.kept = { results: 0, normalized: 0 };
    o.multiplyAdds = 0;
    o.drops = false;
    x = stage.build(o, x);
    return {
      name: stage.name,
      outputShape: x,
      variables: o.variables.slice(before),
      kept: o.kept,
      multiplyAdds: o.multiplyAdds,
      drops: o.drops,
    };
  });
  return { stages, variables: o.variables };
}

/**
 * What a network consists of, without any tensor: its stages, each with the size of its output and its variables, and after
 * them those of a loss head, or with `classes` the classifier `Logits`. Sizes are for `imageSize`, by default the network's own.
 */
export function describe(
  network: Network,
  options: { classes?: number; head?: readonly Stage[]; imageSize?: number } = {},
): Description {
  const edge = options.imageSize ?? network.recipe.imageSize;
  const head = options.head ?? (options.classes === undefined ? [] : [logitsStage(options.classes)]);
  return describeChain({ stages: [...network.stages, ...head] }, [edge, edge, network.inputChannels]);
}

/** Whether a training of the stages from index `from` on drops values; where not, its keep probability has no effect. */
export function dropsValues(network: Network, from: number): boolean {
  return describe(network)
    .stages.slice(from)
    .some(({ drops }) => drops);
}
