import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { classifierStages } from '../../../network/classifiers';
import type { TensorFlow } from '../../../network/tensorflow/tensorflow';
import { type MarginRule, perCosine, turned } from './marginRule';

const meanName = `${classifierStages.margin}/norm_mean`;
const deviationName = `${classifierStages.margin}/norm_std`;

/** What the paper's program adds to the deviation. */
const epsilon = 1e-3;

/** Lengths of the prelogits within the bounds of the paper's program, [N]. */
function lengthsOf(tf: TensorFlow, prelogits: Tensor2D): Tensor1D {
  return tf.clipByValue(tf.sqrt(tf.sum<Tensor1D>(tf.square(prelogits), 1)), 1e-3, 100);
}

/**
 * cos(θ − m ẑ) − m (1 + ẑ) (AdaFace, Kim et al. 2022, eq. 14–16), where ẑ is how much longer the prelogits are than those
 * of the images before, in deviations times h, within ±1: images of poor quality are short, and get an angular margin;
 * good ones an additive one. The angle stays within 0 and π, and has no slope there. Mean and (unbiased) deviation follow each batch after its step with `decay`; the first
 * values are those of the paper's program. No gradient flows through ẑ.
 */
export function adaface(m: number, h: number, decay: number): MarginRule {
  return {
    ofRightAngle: -m,
    statistics: [
      { name: meanName, shape: [], initial: 20, statistic: true },
      { name: deviationName, shape: [], initial: 100, statistic: true },
    ],
    harden(tf, angles) {
      const { prelogits, variables } = angles;
      const distance = tf.sub(lengthsOf(tf, prelogits), variables.get(meanName)!);
      const quality = tf.clipByValue(
        tf.mul(tf.div(distance, tf.add(variables.get(deviationName)!, epsilon)), h),
        -1,
        1,
      );
      const turn = tf.mul(quality, -m);
      const moved = turned(tf, angles, { cos: tf.cos(turn), sin: tf.sin(turn) });
      // Its sine is negative where the angle has left what it stays within.
      const isWithin = tf.greater(moved.sine, 0);
      return {
        cosine: tf.sub(tf.where(isWithin, moved.cosine, tf.sign(angles.cosine)), tf.mul(tf.add(quality, 1), m)),
        slope: perCosine(tf, tf.relu(moved.sine), angles),
      };
    },
    moves(tf, prelogits, variables) {
      const lengths = lengthsOf(tf, prelogits);
      const count = lengths.shape[0];
      const mean = tf.mean(lengths);
      const deviation = tf.sqrt(tf.div(tf.sum(tf.square(tf.sub(lengths, mean))), count - 1));
      const toward = (name: string, value: Tensor): Tensor => tf.mul(tf.sub(value, variables.get(name)!), 1 - decay);
      return {
        [meanName]: toward(meanName, mean),
        // One image has no deviation.
        ...(count > 1 && { [deviationName]: toward(deviationName, deviation) }),
      };
    },
  };
}
