import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { classifierStages } from '../../../network/classifiers';
import type { TensorFlow } from '../../../network/tensorflow/tensorflow';
import { angleOf, type MarginRule, perCosine } from './marginRule';

const meanName = `${classifierStages.margin}/norm_mean`;
const deviationName = `${classifierStages.margin}/norm_std`;

/** Of the paper's program: what is added to the deviation, and how near an angle may come to 0 and π. */
const epsilon = 1e-3;

/** Lengths of the prelogits within the bounds of the paper's program, [N]. */
function lengthsOf(tf: TensorFlow, prelogits: Tensor2D): Tensor1D {
  return tf.clipByValue(tf.sqrt(tf.sum<Tensor1D>(tf.square(prelogits), 1)), 1e-3, 100);
}

/**
 * cos(θ − m ẑ) − m (1 + ẑ) (AdaFace, Kim et al. 2022, eq. 14–16), where ẑ is how much longer the prelogits are than those
 * of the images before, in deviations times h, within ±1: images of poor quality are short, and get an angular margin;
 * good ones an additive one. Mean and (unbiased) deviation follow each batch after its step with `decay`; the first
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
      const wanted = tf.sub(angleOf(tf, angles), tf.mul(quality, m));
      const angle = tf.clipByValue(wanted, epsilon, Math.PI - epsilon);
      const isBound = tf.notEqual(angle, wanted);
      return {
        cosine: tf.sub(tf.cos(angle), tf.mul(tf.add(quality, 1), m)),
        slope: tf.where(isBound, tf.zerosLike(angle), perCosine(tf, tf.sin(angle), angles)),
      };
    },
    moves(tf, prelogits, variables) {
      const lengths = lengthsOf(tf, prelogits);
      const count = lengths.shape[0];
      const { mean, variance } = tf.moments(lengths);
      const toward = (name: string, value: Tensor): Tensor => tf.mul(tf.sub(value, variables.get(name)!), 1 - decay);
      return {
        [meanName]: toward(meanName, mean),
        // One image has no deviation.
        ...(count > 1 && { [deviationName]: toward(deviationName, tf.sqrt(tf.mul(variance, count / (count - 1)))) }),
      };
    },
  };
}
