import type { Tensor } from '@tensorflow/tfjs-core';
import { marginStage } from '../../../network/classifiers';
import { hasValuesAtHand } from '../../../network/tensorflow/rowLengths';
import type { TensorFlow } from '../../../network/tensorflow/tensorflow';
import { type HeadChoice, headValues } from '../../../protocol/settings/headDefaults';
import { classifierHead, type ClassifierSettings, type HeadSizes } from '../classifier';
import type { HeadInput, LossHead } from '../head';
import { marginLogits } from './marginLogits';
import type { MarginRule } from './marginRule';
import { type MarginHeadName, marginRules } from './marginRules';
import { type BatchArithmetic, onRows, onTensors } from './rowArithmetic';

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
      ...(rule.moves !== undefined && { moves: (tf, input) => movesOf(tf, rule, input) }),
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

/** What a rule adds to its statistics after a step. */
function movesOf(tf: TensorFlow, rule: MarginRule, images: HeadInput): Record<string, Tensor> {
  const on = <V>(batch: BatchArithmetic<V>): Record<string, Tensor> =>
    Object.fromEntries(
      Object.entries(rule.moves?.(batch, images) ?? {}).map(([name, value]) => [name, batch.scalar(value)]),
    );
  const count = images.prelogits.shape[0];
  return hasValuesAtHand(tf) ? on(onRows(tf, count)) : on(onTensors(tf, count));
}
