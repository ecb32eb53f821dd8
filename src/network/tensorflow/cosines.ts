import type { Rank, Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { hasValuesAtHand, knowRowLengths } from './rowLengths';
import { tapeStep } from './tapeStep';
import type { TensorFlow } from './tensorflow';

/** 1 / sqrt(max(Σx², 1e-10)) along an axis, which stays with size 1. */
function inverseLengths(tf: TensorFlow, x: Tensor2D, axis: number): Tensor2D {
  return tf.rsqrt(tf.maximum<Tensor2D>(tf.sum(tf.square(x), axis, true), 1e-10));
}

/**
 * Cosines [N, U] of the rows of x [N, in] with the columns of weights [in, U], or for weights [in, U, K] with the nearest
 * of each unit's K columns; with a gradient, as one step of the tape. What has to be divided by lengths are the products,
 * which are fewer than the weights: a training step costs hardly more than one of a matrix product.
 * @param inputGradient x depends on trained variables, so its gradient is wanted too
 */
export function cosines(tf: TensorFlow, x: Tensor2D, weights: Tensor, inputGradient: boolean): Tensor2D {
  const [channels, , centers] = weights.shape as [number, number, number | undefined];
  const columnsOf = (kernel: Tensor): Tensor2D =>
    kernel.rank === 2 ? (kernel as Tensor2D) : tf.reshape(kernel, [channels, -1]);
  return tapeStep(tf, inputGradient ? [weights, x] : [weights], () => {
    const rowScale = inverseLengths(tf, x, 1);
    if (hasValuesAtHand(tf)) knowRowLengths(x, rowScale);
    const columnScale = inverseLengths(tf, columnsOf(weights), 0);
    const scale = tf.mul(rowScale, columnScale);
    const all = tf.mul<Tensor2D>(tf.matMul(x, columnsOf(weights)), scale);
    const found = centers === undefined ? undefined : nearestOf(tf, all, centers);
    return {
      value: found?.cosine ?? all,
      saved: [
        ...[x, weights, columnScale, scale, all],
        ...(inputGradient ? [rowScale] : []),
        ...(found === undefined ? [] : [found.nearest]),
      ],
      gradients(dy, [savedX, savedWeights, columns, both, cosines, ...others]) {
        const [rows, nearest] = inputGradient ? others : [undefined, ...others];
        const dAll = nearest === undefined ? dy : tf.reshape(tf.mul(tf.expandDims(dy, 2), nearest), cosines!.shape);
        // Of a unit vector only what is across it changes: u = x/|x| has du = (dx − u (u·dx))/|x|.
        const along = tf.mul<Tensor2D>(dAll, cosines!);
        const across = (total: Tensor, of: Tensor, sums: Tensor, lengths: Tensor): Tensor =>
          tf.sub(total, tf.mul(of, tf.mul(sums, tf.square(lengths))));
        const dProducts = tf.mul<Tensor2D>(dAll, both!);
        const kernel = columnsOf(savedWeights!);
        const kernelSums = tf.matMul(tf.ones<Rank.R2>([1, along.shape[0]]), along);
        const dKernel = across(tf.matMul(savedX as Tensor2D, dProducts, true, false), kernel, kernelSums, columns!);
        const dX = (): Tensor =>
          across(tf.matMul(dProducts, kernel, false, true), savedX!, tf.sum(along, 1, true), rows!);
        return [
          kernel === savedWeights ? dKernel : tf.reshape(dKernel, savedWeights!.shape),
          ...(inputGradient ? [dX()] : []),
        ];
      },
    };
  }) as Tensor2D;
}

/** Of cosines [N, U·K] the largest of each unit, [N, U], and where it is: [N, U, K], 1 at one place of each unit. */
function nearestOf(tf: TensorFlow, all: Tensor, centers: number): { cosine: Tensor; nearest: Tensor } {
  const split = tf.reshape(all, [all.shape[0], -1, centers]);
  const nearest = tf.cast(tf.oneHot(tf.argMax(split, 2), centers), 'float32');
  return { cosine: tf.max(split, 2), nearest };
}
