// What margin rules are written in: arithmetic on one value per image, and on values that hold for all of them. A rule
// stands once and is computed by tensors, or image by image where a call costs more than the arithmetic.
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { nativeOps } from '../../../network/tensorflow/nativeOps';
import { lengthsAlong, rowLengths } from '../../../network/tensorflow/rowLengths';
import type { TensorFlow } from '../../../network/tensorflow/tensorflow';

/** Arithmetic on `V`, what stands for a value of each image. Nothing is differentiated. */
export interface RowArithmetic<V> {
  add(a: V | number, b: V | number): V;
  sub(a: V | number, b: V | number): V;
  mul(a: V | number, b: V | number): V;
  div(a: V | number, b: V | number): V;
  squaredDifference(a: V, b: V): V;
  abs(a: V): V;
  sqrt(a: V): V;
  cos(a: V): V;
  sin(a: V): V;
  atan2(y: V, x: V): V;
  floor(a: V): V;
  sign(a: V): V;
  clip(a: V, low: number, high: number): V;
  atLeast(a: V, low: number): V;
  /** `yes` where a > b, else `no`. */
  ifGreater(a: V, b: number, yes: V, no: V | number): V;
  /** The value of a tensor [], the same for all images. */
  of(tensor: Tensor): V;
  /** Lengths of the rows of a tensor [N, E]. */
  lengths(rows: Tensor2D): V;
}

/** The same for all N images of a batch. */
export interface BatchArithmetic<V> extends RowArithmetic<V> {
  readonly count: number;
  /** Mean over the images of what `compute` makes of each. */
  mean(compute: () => V): V;
  /** The tensor [] of a value that is the same for all images. */
  scalar(value: V): Tensor;
}

/**
 * By the engine, all `count` images at once: in a TensorFlow graph, or where the values lie on a device. Values are columns
 * [N, 1], as what they are combined with has a row for each image.
 */
export function onTensors(tf: TensorFlow, count: number): BatchArithmetic<Tensor> {
  return {
    count,
    add: (a, b) => tf.add(a, b),
    sub: (a, b) => tf.sub(a, b),
    mul: (a, b) => tf.mul(a, b),
    div: (a, b) => tf.div(a, b),
    squaredDifference: (a, b) => tf.squaredDifference(a, b),
    abs: (a) => tf.abs(a),
    sqrt: (a) => tf.sqrt(a),
    cos: (a) => tf.cos(a),
    sin: (a) => tf.sin(a),
    atan2: (y, x) => tf.atan2(y, x),
    floor: (a) => tf.floor(a),
    sign: (a) => tf.sign(a),
    clip: (a, low, high) => nativeOps(tf)?.clip(a, low, high) ?? tf.clipByValue(a, low, high),
    atLeast: (a, low) => (low === 0 ? tf.relu(a) : tf.maximum(a, low)),
    ifGreater: (a, b, yes, no) => tf.where(tf.greater(a, b), yes, typeof no === 'number' ? tf.fill(a.shape, no) : no),
    of: (tensor) => tensor,
    lengths: (rows) => lengthsAlong(tf, rows, 1),
    mean: (compute) => tf.mean(compute()),
    scalar: (value) => value,
  };
}

/**
 * By the processor, in double precision: of one of `count` images after another, which `forEach` goes through. Outside of it the
 * first image is meant.
 */
export function onRows(tf: TensorFlow, count: number): Rows {
  return new Rows(tf, count);
}

/** Methods of a class and no closures: one is made for every step, and making those took as long as a call of the engine. */
class Rows implements BatchArithmetic<number> {
  private current = 0;
  /** What has been read, as every image asks for it. */
  private readonly known = new Map<Tensor, number>();
  private measured: { rows: Tensor2D; lengths: Float64Array } | undefined;

  constructor(
    private readonly tf: TensorFlow,
    readonly count: number,
  ) {}

  forEach(compute: (row: number) => void): void {
    for (this.current = 0; this.current < this.count; this.current++) compute(this.current);
    this.current = 0;
  }

  mean(compute: () => number): number {
    let sum = 0;
    this.forEach(() => (sum += compute()));
    return sum / this.count;
  }

  add(a: number, b: number): number {
    return a + b;
  }

  sub(a: number, b: number): number {
    return a - b;
  }

  mul(a: number, b: number): number {
    return a * b;
  }

  div(a: number, b: number): number {
    return a / b;
  }

  squaredDifference(a: number, b: number): number {
    return (a - b) ** 2;
  }

  abs(a: number): number {
    return Math.abs(a);
  }

  sqrt(a: number): number {
    return Math.sqrt(a);
  }

  cos(a: number): number {
    return Math.cos(a);
  }

  sin(a: number): number {
    return Math.sin(a);
  }

  atan2(y: number, x: number): number {
    return Math.atan2(y, x);
  }

  floor(a: number): number {
    return Math.floor(a);
  }

  sign(a: number): number {
    return Math.sign(a);
  }

  clip(a: number, low: number, high: number): number {
    return Math.min(Math.max(a, low), high);
  }

  atLeast(a: number, low: number): number {
    return Math.max(a, low);
  }

  ifGreater(a: number, b: number, yes: number, no: number): number {
    return a > b ? yes : no;
  }

  of(tensor: Tensor): number {
    const value = this.known.get(tensor) ?? tensor.dataSync()[0]!;
    if (!this.known.has(tensor)) this.known.set(tensor, value);
    return value;
  }

  lengths(rows: Tensor2D): number {
    if (this.measured?.rows !== rows) this.measured = { rows, lengths: rowLengths(this.tf, rows) };
    return this.measured.lengths[this.current]!;
  }

  scalar(value: number): Tensor {
    return this.tf.scalar(value);
  }
}
