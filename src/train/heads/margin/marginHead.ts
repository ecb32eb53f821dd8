import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { marginStage } from '../../../network/classifiers';
import { tapeStep } from '../../../network/tensorflow/tapeStep';
import type { TensorFlow } from '../../../network/tensorflow/tensorflow';
import { type HeadChoice, headValues } from '../../../protocol/settings/headDefaults';
import { classifierHead, type ClassifierSettings, type HeadSizes } from '../classifier';
import type { HeadInput, LossHead } from '../head';
import type { MarginRule } from './marginRule';
import { type MarginHeadName, marginRules } from './marginRules';

/**
 * A classifier of directions: each person has one of length 1 (or several, of which the nearest counts), an image is told
 * by the angle of its prelogits to them, and in training its own person's cosine is made smaller by the head's rule, so
 * that people end up apart by a margin. What is minimised is the cross entropy of s times the cosines.
 */
export function marginHead(
  name: MarginHeadName,
  settings: ClassifierSettings & Omit<HeadChoice, 'head'>,
  sizes: HeadSizes,
): LossHead {
  const { marginScale: scale, interclassFilter: filter } = headValues(name, settings);
  const { subcenters } = name === 'subcenter' ? headValues(name, settings) : { subcenters: 1 };
  const rule = ruleOf(name, settings);
  return classifierHead(
    {
      name,
      stage: marginStage(sizes.classes, subcenters),
      guess: guess(scale * rule.ofRightAngle, sizes.classes, settings.labelSmoothing),
      logits: (tf, cosines, oneHot, input) => marginLogits(tf, cosines, oneHot, input, { rule, scale, filter }),
      ...(rule.statistics !== undefined && { statistics: rule.statistics }),
      ...(rule.moves !== undefined && { moves: (tf, input) => rule.moves!(tf, input.prelogits, input.variables) }),
    },
    settings,
    sizes,
  );
}

function ruleOf<H extends MarginHeadName>(name: H, settings: Omit<HeadChoice, 'head'>): MarginRule {
  return marginRules[name](headValues(name, settings));
}

/** Cross entropy where everybody is at a right angle: the own person's logit is `own`, all others' are 0. */
function guess(own: number, classes: number, smoothing: number): number {
  const top = Math.max(own, 0);
  const logSum = top + Math.log(Math.exp(own - top) + (classes - 1) * Math.exp(-top));
  return logSum - (1 - smoothing + smoothing / classes) * own;
}

/**
 * s · cosines [N, C] with the own person's cosine hardened, as one step of the gradient tape. With a filter the cosines
 * with other people above it count as 0 and have no gradient (Partial FC, An et al. 2022): such a pair is taken for one
 * person under two names.
 */
function marginLogits(
  tf: TensorFlow,
  cosines: Tensor2D,
  oneHot: Tensor2D,
  { prelogits, variables }: HeadInput,
  { rule, scale, filter }: { rule: MarginRule; scale: number; filter: number | undefined },
): Tensor2D {
  return tapeStep(tf, [cosines], () => {
    const cosine = tf.sum<Tensor1D>(tf.mul(cosines, oneHot), 1);
    // (1 − c)(1 + c) keeps the digits that 1 − c² loses near ±1.
    const one = tf.scalar(1);
    const sine = tf.sqrt(tf.relu(tf.mul<Tensor1D>(tf.sub(one, cosine), tf.add(one, cosine))));
    const hardened = rule.harden(tf, { cosine, sine, prelogits, variables });
    const atOwn = (values: Tensor1D): Tensor2D => tf.mul(oneHot, tf.reshape(values, [-1, 1]));
    const counts =
      filter === undefined ? undefined : tf.maximum(oneHot, tf.cast(tf.lessEqual(cosines, filter), 'float32'));
    const all = counts === undefined ? cosines : tf.mul(cosines, counts);
    const { slope } = hardened;
    const slopes = [
      ...(slope === undefined ? [] : [tf.add(one, atOwn(tf.sub(slope, one)))]),
      ...(counts === undefined ? [] : [counts]),
    ];
    return {
      value: tf.mul(tf.add(all, atOwn(tf.sub(hardened.cosine, cosine))), scale),
      saved: slopes,
      gradients: (dy, saved) => [
        tf.mul(
          saved.reduce((product, factor) => tf.mul(product, factor), dy),
          scale,
        ),
      ],
    };
  }) as Tensor2D;
}
