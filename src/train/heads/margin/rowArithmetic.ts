// What margin rules are written in: arithmetic on one value per image, and on values that hold for all of them. A rule
// stands once and is computed by tensors, or number by number where a call costs more than the arithmetic.
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { rowLengths } from '../../../network/tensorflow/rowLengths';
import type { TensorFlow } from '../../../network/tensorflow/tensorflow';

/** Arithmetic on `V`, the values of N images or one value for all. Nothing is differentiated. */
export interface RowArithmetic<V> {
  add(a: V | number, b: V | number): V;
  sub(a: V | number, b: V | number): V;
  mul(a: V | number, b: V | number): V;
  div(a: V | number, b: V | number): V;
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
  /** Mean over the images. */
  mean(a: V): V;
  /** How many images there are. */
  count(a: V): number;
  /** Values of a tensor [N] or []. */
  of(tensor: Tensor): V;
  /** Lengths of the rows of a tensor [N, E]. */
  lengths(rows: Tensor2D): V;
  /** The tensor [] of one value. */
  scalar(value: V): Tensor;
}

/** By the engine: in a TensorFlow graph, or where the values lie on a device. */
export function onTensors(tf: TensorFlow): RowArithmetic<Tensor> {
  return {
    add: (a, b) => tf.add(a, b),
    sub: (a, b) => tf.sub(a, b),
    mul: (a, b) => tf.mul(a, b),
    div: (a, b) => tf.div(a, b),
    abs: (a) => tf.abs(a),
    sqrt: (a) => tf.sqrt(a),
    cos: (a) => tf.cos(a),
    sin: (a) => tf.sin(a),
    atan2: (y, x) => tf.atan2(y, x),
    floor: (a) => tf.floor(a),
    sign: (a) => tf.sign(a),
    clip: (a, low, high) => tf.clipByValue(a, low, high),
    atLeast: (a, low) => (low === 0 ? tf.relu(a) : tf.maximum(a, low)),
    ifGreater: (a, b, yes, no) => tf.where(tf.greater(a, b), yes, typeof no === 'number' ? tf.fill(a.shape, no) : no),
    mean: (a) => tf.mean(a),
    count: (a) => a.size,
    of: (tensor) => tensor,
    lengths: (rows) => tf.sqrt(tf.sum(tf.square(rows), 1)),
    scalar: (value) => value,
  };
}

/** By the processor, in double precision. */
export function onNumbers(tf: TensorFlow): RowArithmetic<Float64Array> {
  const each =
    (compute: (a: number) => number) =>
    (a: Float64Array): Float64Array =>
      a.map(compute);
  const pairwise =
    (compute: (a: number, b: number) => number) =>
    (a: Float64Array | number, b: Float64Array | number): Float64Array => {
      const [first, second] = [valuesOf(a), valuesOf(b)];
      const [aLast, bLast] = [first.length - 1, second.length - 1];
      const result = new Float64Array(Math.max(first.length, second.length));
      for (let i = 0; i < result.length; i++)
        result[i] = compute(first[Math.min(i, aLast)]!, second[Math.min(i, bLast)]!);
      return result;
    };
  const clip = (a: Float64Array, low: number, high: number): Float64Array =>
    a.map((value) => Math.min(Math.max(value, low), high));
  return {
    add: pairwise((a, b) => a + b),
    sub: pairwise((a, b) => a - b),
    mul: pairwise((a, b) => a * b),
    div: pairwise((a, b) => a / b),
    abs: each(Math.abs),
    sqrt: each(Math.sqrt),
    cos: each(Math.cos),
    sin: each(Math.sin),
    atan2: pairwise(Math.atan2),
    floor: each(Math.floor),
    sign: each(Math.sign),
    clip,
    atLeast: (a, low) => clip(a, low, Infinity),
    ifGreater: (a, b, yes, no) => a.map((value, i) => (value > b ? yes[i]! : typeof no === 'number' ? no : no[i]!)),
    mean: (a) => Float64Array.of(a.reduce((sum, value) => sum + value, 0) / a.length),
    count: (a) => a.length,
    of: (tensor) => new Float64Array(tensor.dataSync()),
    lengths: (rows) => rowLengths(tf, rows),
    scalar: (value) => tf.scalar(value[0]!),
  };
}

function valuesOf(a: Float64Array | number): Float64Array {
  return typeof a === 'number' ? Float64Array.of(a) : a;
}
