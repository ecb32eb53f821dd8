import { logitsStage } from '../../network/classifiers';
import { classifierHead, type ClassifierSettings, type HeadSizes } from './classifier';
import type { LossHead } from './head';

/** The reference's softmax classifier with its optional prelogits norm and centre loss (spec §5.1–5.4). */
export function softmaxHead(settings: ClassifierSettings, sizes: HeadSizes): LossHead {
  const { classes } = sizes;
  // Whatever the smoothing of the labels: the same probability for everybody costs log C.
  return classifierHead({ name: 'softmax', stage: logitsStage(classes), guess: Math.log(classes) }, settings, sizes);
}
