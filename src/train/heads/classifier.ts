// What every head that learns to name its people has in common: cross entropy over all of them, the regularizers of the
// reference, and what is told of a step.
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { learningRateMeasure, regularizationMeasure, type Measure } from '../../journal/measures';
import type { Stage } from '../../network/ops';
import { forward } from '../../network/tensorflow/forward';
import type { TensorFlow } from '../../network/tensorflow/tensorflow';
import type { TrainConfig } from '../../protocol/trainConfig';
import type { HeadInput, LossHead, OwnVariable } from './head';
import { batchAccuracy, crossEntropy, smoothedLabels } from './losses';
import { centerLossMeasure, type RegularizerSettings, regularizersOf } from './regularizers';

export type ClassifierSettings = RegularizerSettings & Pick<TrainConfig, 'labelSmoothing'>;

/** What is given to learn from: how many people, and how many values an embedding has. */
export interface HeadSizes {
  classes: number;
  embeddingSize: number;
}

/** What tells one classifier from another. */
export interface Classifier {
  readonly name: string;
  /** Prelogits → scores [N, C], the greatest of which names the person. */
  readonly stage: Stage;
  /** Cross entropy of guessing among all people. */
  readonly guess: number;
  /** What is minimised is the cross entropy of these logits [N, C]; without it, of the scores. */
  logits?(tf: TensorFlow, scores: Tensor2D, oneHot: Tensor2D, input: HeadInput): Tensor2D;
  /** Statistics that `moves` keeps up to date after each step. */
  readonly statistics?: readonly OwnVariable[];
  moves?(tf: TensorFlow, input: HeadInput): Readonly<Record<string, Tensor>>;
}

const measures: readonly Measure[] = [
  {
    name: 'crossEntropy',
    tag: 'cross_entropy__raw_',
    averageTag: 'cross_entropy_1',
    dataset: 'xent_loss',
    label: 'Xent',
    validationTag: 'validation/cross_entropy',
  },
  regularizationMeasure,
  {
    name: 'accuracy',
    tag: 'accuracy',
    dataset: 'accuracy',
    label: 'Accuracy',
    validationTag: 'validation/accuracy',
  },
  learningRateMeasure,
  centerLossMeasure,
];

/** A loss head of a classifier; its accuracy is that of the scores, without any margin. */
export function classifierHead(classifier: Classifier, settings: ClassifierSettings, sizes: HeadSizes): LossHead {
  const { name, stage, guess, statistics = [] } = classifier;
  const regularizers = regularizersOf(settings, sizes);
  const oneHotOf = (tf: TensorFlow, labels: Tensor1D): Tensor2D =>
    tf.cast(tf.oneHot(labels, sizes.classes), 'float32') as Tensor2D;
  const scoresOf = (tf: TensorFlow, { prelogits, variables, inputGradient }: HeadInput): Tensor2D =>
    forward(tf, [stage], prelogits, variables, { training: true, inputGradient }) as Tensor2D;
  return {
    name,
    stages: [stage],
    ownVariables: [...statistics, ...regularizers.ownVariables],
    measures,
    mainMeasure: 'crossEntropy',
    term: 'cross entropy',
    guessing: guess,
    loss(tf, input) {
      const { labels } = input;
      const oneHot = oneHotOf(tf, labels);
      const scores = scoresOf(tf, input);
      const logits = classifier.logits?.(tf, scores, oneHot, input) ?? scores;
      const main = crossEntropy(tf, logits, smoothedLabels(tf, oneHot, settings.labelSmoothing));
      const { terms, center } = regularizers.terms(tf, { ...input, oneHot });
      return {
        main,
        regularizers: terms,
        measures: {
          crossEntropy: main,
          accuracy: batchAccuracy(tf, scores, labels),
          ...(center !== undefined && { centerLoss: center }),
        },
      };
    },
    recognize: (tf, input) => tf.argMax<Tensor1D>(scoresOf(tf, input), 1),
    ...((classifier.moves ?? regularizers.afterGradients) && {
      afterGradients(tf, input) {
        const update = regularizers.afterGradients?.(tf, { ...input, oneHot: oneHotOf(tf, input.labels) });
        return {
          gradients: { ...update?.gradients },
          presentRows: { ...update?.presentRows },
          moves: { ...update?.moves, ...classifier.moves?.(tf, input) },
        };
      },
    }),
  };
}
