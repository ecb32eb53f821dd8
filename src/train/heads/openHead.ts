import type { HeadChoice } from '../../protocol/settings/headDefaults';
import type { ClassifierSettings, HeadSizes } from './classifier';
import type { LossHead, TripletSettings } from './head';
import { marginHead } from './margin/marginHead';
import { softmaxHead } from './softmax';
import { tripletHead } from './triplet';

/** Every setting that any head reads. */
export type HeadSettings = ClassifierSettings & HeadChoice & TripletSettings;

/** The loss head that a configuration trains with, for so many people and values of an embedding. */
export function openHead(settings: HeadSettings, sizes: HeadSizes): LossHead {
  const { head } = settings;
  switch (head) {
    case 'softmax':
      return softmaxHead(settings, sizes);
    case 'triplet':
      return tripletHead(settings);
    default:
      return marginHead(head, settings, sizes);
  }
}
