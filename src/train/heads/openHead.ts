import type { HeadChoice } from '../../protocol/settings/headDefaults';
import type { ClassifierSettings, HeadSizes } from './classifier';
import type { LossHead } from './head';
import { marginHead } from './margin/marginHead';
import { softmaxHead } from './softmax';

/** Every setting that any head reads. */
export type HeadSettings = ClassifierSettings & HeadChoice;

/** The loss head that a configuration trains with, for so many people and values of an embedding. */
export function openHead(settings: HeadSettings, sizes: HeadSizes): LossHead {
  return settings.head === 'softmax' ? softmaxHead(settings, sizes) : marginHead(settings.head, settings, sizes);
}
