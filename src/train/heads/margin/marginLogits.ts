import type { Tensor2D } from '@tensorflow/tfjs-core';
import { type TapeStep, tapeStep } from '../../../network/tensorflow/tapeStep';
import { hasValuesAtHand } from '../../../network/tensorflow/rowLengths';
import type { TensorFlow } from '../../../network/tensorflow/tensorflow';
import type { HeadInput } from '../head';
import type { MarginRule } from './marginRule';
import { onRows, onTensors, type RowArithmetic } from './rowArithmetic';

interface Margin {
  rule: MarginRule;
  /** s */
  scale: number;
  /** Cosines with other people above it are taken for those of one person under two names. */
  filter: number | undefined;
}

/**
 * s · cosines [N, C] with the own person's cosine hardened, as one step of the gradient tape. With a filter the cosines
 * with other people above it count as 0 and have no gradient (Partial FC, An et al. 2022). `oneHot` are the labels.
 */
export function marginLogits(
  tf: TensorFlow,
  cosines: Tensor2D,
  oneHot: Tensor2D,
  input: HeadInput,
  margin: Margin,
): Tensor2D {
  return tapeStep(tf, [cosines], () =>
    hasValuesAtHand(tf) ? rowByRow(tf, cosines, input, margin) : byTensors(tf, cosines, oneHot, input, margin),
  ) as Tensor2D;
}

/** (1 − c)(1 + c) keeps the digits that 1 − c² loses near ±1. */
function sineOf<V>(rows: RowArithmetic<V>, cosine: V): V {
  return rows.sqrt(rows.atLeast(rows.mul(rows.sub(1, cosine), rows.add(cosine, 1)), 0));
}

function byTensors(
  tf: TensorFlow,
  cosines: Tensor2D,
  oneHot: Tensor2D,
  { prelogits, variables }: HeadInput,
  { rule, scale, filter }: Margin,
): TapeStep {
  const rows = onTensors(tf, cosines.shape[0]);
  const cosine = tf.sum<Tensor2D>(tf.mul(cosines, oneHot), 1, true);
  const added = rule.harden(rows, { cosine, sine: sineOf(rows, cosine), prelogits, variables });
  const counts =
    filter === undefined ? undefined : tf.maximum(oneHot, tf.cast(tf.lessEqual(cosines, filter), 'float32'));
  const all = counts === undefined ? cosines : tf.mul(cosines, counts);
  const { slope } = added;
  return {
    value: tf.mul(tf.add(all, tf.mul(oneHot, added.cosine)), scale),
    saved: [
      ...(slope === undefined ? [] : [tf.add(tf.mul(oneHot, slope), 1)]),
      ...(counts === undefined ? [] : [counts]),
    ],
    gradients: (dy, saved) => [
      tf.mul(
        saved.reduce((product, factor) => tf.mul(product, factor), dy),
        scale,
      ),
    ],
  };
}

/** The same where forty small calls would cost as much as the rest of a step. */
function rowByRow(
  tf: TensorFlow,
  cosines: Tensor2D,
  { labels, prelogits, variables }: HeadInput,
  { rule, scale, filter = Infinity }: Margin,
): TapeStep {
  const rows = onRows(tf, cosines.shape[0]);
  const classes = cosines.shape[1];
  const all = cosines.dataSync();
  const people = labels.dataSync();
  const [hardened, slopes] = [new Float64Array(rows.count), new Float64Array(rows.count)];
  rows.forEach((row) => {
    const cosine = all[row * classes + people[row]!]!;
    const added = rule.harden(rows, { cosine, sine: sineOf(rows, cosine), prelogits, variables });
    hardened[row] = cosine + added.cosine;
    slopes[row] = 1 + (added.slope ?? 0);
  });
  /** s times `values`, those of the own persons replaced, and 0 for other people who do not count. */
  const scaled = (values: ArrayLike<number>, ofOwn: (row: number, value: number) => number): Tensor2D => {
    const result = new Float32Array(all.length);
    for (let i = 0; i < result.length; i++) result[i] = all[i]! > filter ? 0 : scale * values[i]!;
    for (let row = 0; row < people.length; row++) {
      const place = row * classes + people[row]!;
      result[place] = scale * ofOwn(row, values[place]!);
    }
    return tf.tensor2d(result, cosines.shape);
  };
  return {
    value: scaled(all, (row) => hardened[row]!),
    saved: [],
    gradients: (dy) => [scaled(dy.dataSync(), (row, slope) => slope * slopes[row]!)],
  };
}
