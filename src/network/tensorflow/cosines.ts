import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { hasValuesAtHand, knowRowLengths, lengthsAlong } from './rowLengths';
import { tapeStep } from './tapeStep';
import type { TensorFlow } from './tensorflow';

/** sqrt(max(Σx², 1e-10)) along an axis, which stays with size 1. */
function boundedLengths(tf: TensorFlow, x: Tensor2D, axis: 0 | 1): Tensor2D {
  return tf.maximum(lengthsAlong(tf, x, axis), 1e-5);
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
    const rowLengths = boundedLengths(tf, x, 1);
    if (hasValuesAtHand(tf)) knowRowLengths(x, rowLengths);
    const columnLengths = boundedLengths(tf, columnsOf(weights), 0);
    // One product each. The embedded engine has it sooner as a matrix product than from two tensors that it has to repeat,
    // TensorFlow the other way round.
    const lengths = hasValuesAtHand(tf)
      ? tf.matMul(rowLengths, columnLengths)
      : tf.mul<Tensor2D>(rowLengths, columnLengths);
    const all = tf.div<Tensor2D>(tf.matMul(x, columnsOf(weights)), lengths);
    const found = centers === undefined ? undefined : nearestOf(tf, all, centers);
    return {
      value: found?.cosine ?? all,
      saved: [
        ...[x, weights, rowLengths, columnLengths, lengths, all],
        ...(found === undefined ? [] : [found.nearest]),
      ],
      gradients(dy, [savedX, savedWeights, rows, columns, both, cosines, nearest]) {
        const dAll = nearest === undefined ? dy : tf.reshape(tf.mul(tf.expandDims(dy, 2), nearest), cosines!.shape);
        const dProducts = tf.div<Tensor2D>(dAll, both!);
        // Of a unit vector only what is across it changes: cos = x·w/(|x||w|) has ∂cos/∂w = x/(|x||w|) − w cos/|w|².
        const along = tf.mul<Tensor2D>(dProducts, cosines!);
        const across = (total: Tensor, of: Tensor, sums: Tensor, lengths: Tensor): Tensor =>
          tf.sub(total, tf.mul(of, tf.div(sums, lengths)));
        const kernel = columnsOf(savedWeights!);
        const dKernel = across(
          ...[tf.matMul(savedX as Tensor2D, dProducts, true, false), kernel],
          ...[tf.matMul(rows as Tensor2D, along, true, false), columns!],
        );
        const dX = (): Tensor =>
          across(
            ...[tf.matMul(dProducts, kernel, false, true), savedX!],
            ...[tf.matMul(along, columns as Tensor2D, false, true), rows!],
          );
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
