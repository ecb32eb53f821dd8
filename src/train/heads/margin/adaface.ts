import type { Tensor2D } from '@tensorflow/tfjs-core';
import { classifierStages } from '../../../network/classifiers';
import { type Images, type MarginRule, turned } from './marginRule';
import type { BatchArithmetic, RowArithmetic } from './rowArithmetic';

const meanName = `${classifierStages.margin}/norm_mean`;
const deviationName = `${classifierStages.margin}/norm_std`;

/** What the paper's program adds to the deviation. */
const epsilon = 1e-3;

/** Lengths of the prelogits within the bounds of the paper's program. */
function lengthsOf<V>(rows: RowArithmetic<V>, prelogits: Tensor2D): V {
  return rows.clip(rows.lengths(prelogits), 1e-3, 100);
}

/**
 * cos(θ − m ẑ) − m (1 + ẑ) (AdaFace, Kim et al. 2022, eq. 14–16), where ẑ is how much longer the prelogits are than those
 * of the images before, in deviations times h, within ±1: images of poor quality are short, and get an angular margin;
 * good ones an additive one. The angle stays within 0 and π, and has no slope there. Mean and (unbiased) deviation follow
 * each batch after its step with `decay`; the first values are those of the paper's program. No gradient flows through ẑ.
 */
export function adaface(m: number, h: number, decay: number): MarginRule {
  return {
    ofRightAngle: -m,
    statistics: [
      { name: meanName, shape: [], initial: 20, statistic: true },
      { name: deviationName, shape: [], initial: 100, statistic: true },
    ],
    harden(rows, angles) {
      const { prelogits, variables, cosine } = angles;
      const distance = rows.sub(lengthsOf(rows, prelogits), rows.of(variables.get(meanName)!));
      const deviation = rows.add(rows.of(variables.get(deviationName)!), epsilon);
      /** −m ẑ */
      const turn = rows.clip(rows.div(rows.mul(distance, -m * h), deviation), -m, m);
      const moved = turned(rows, angles, { cos: rows.cos(turn), sin: rows.sin(turn) });
      // It falls where the angle has left what it stays within.
      const within = rows.ifGreater(moved.slope, 0, moved.cosine, rows.sign(cosine));
      return {
        cosine: rows.sub(rows.sub(rows.add(within, turn), m), cosine),
        slope: rows.sub(rows.atLeast(moved.slope, 0), 1),
      };
    },
    moves<V>(batch: BatchArithmetic<V>, { prelogits, variables }: Images): Record<string, V> {
      const { count } = batch;
      const mean = batch.mean(() => lengthsOf(batch, prelogits));
      const squares = batch.mean(() => batch.squaredDifference(lengthsOf(batch, prelogits), mean));
      const toward = (name: string, value: V): V =>
        batch.mul(batch.sub(value, batch.of(variables.get(name)!)), 1 - decay);
      // The sum of squares over count − 1.
      const variance = batch.mul(squares, count / Math.max(count - 1, 1));
      return {
        [meanName]: toward(meanName, mean),
        // One image has no deviation.
        ...(count > 1 && { [deviationName]: toward(deviationName, batch.sqrt(variance)) }),
      };
    },
  };
}
