import type { TrainConfig } from '../../protocol/trainConfig';
import type { LossHead, TripletSettings } from './head';
import { softmaxHead, type SoftmaxSettings } from './softmax';
import { tripletHead } from './triplet';

/** Every setting that any head reads. */
export type HeadSettings = Pick<TrainConfig, 'head'> & SoftmaxSettings & TripletSettings;

/** The loss head that a configuration trains with, for so many people and values of an embedding. */
export function openHead(settings: HeadSettings, sizes: { classes: number; embeddingSize: number }): LossHead {
  switch (settings.head) {
    case 'softmax':
      return softmaxHead(settings, sizes);
    case 'triplet':
      return tripletHead(settings);
  }
}
