import type { LossHead } from './head';
import { softmaxHead, type SoftmaxSettings } from './softmax';

/** Every setting that any head reads. */
export type HeadSettings = SoftmaxSettings;

/** The loss head that a configuration trains with, for so many people and values of an embedding. */
export function openHead(settings: HeadSettings, sizes: { classes: number; embeddingSize: number }): LossHead {
  return softmaxHead(settings, sizes);
}
