import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { learningRateMeasure, regularizationMeasure, type Measure } from '../../journal/measures';
import { logitsStage } from '../../network/network';
import { forward } from '../../network/tensorflow/forward';
import type { TensorFlow } from '../../network/tensorflow/tensorflow';
import type { TrainConfig } from '../../protocol/trainConfig';
import type { LossHead } from './head';
import { batchAccuracy, centerLoss, crossEntropy, prelogitsNorm } from './losses';

export type SoftmaxSettings = Pick<
  TrainConfig,
  'prelogitsNormLossFactor' | 'prelogitsNormP' | 'centerLossFactor' | 'centerLossAlfa'
>;

const centersName = 'centers';

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
  // Raw, without its factor.
  { name: 'centerLoss', dataset: 'center_loss', label: 'Cl' },
];

/** The reference's softmax classifier with its optional prelogits norm and centre loss (spec §5.1–5.4). */
export function softmaxHead(
  settings: SoftmaxSettings,
  { classes, embeddingSize }: { classes: number; embeddingSize: number },
): LossHead {
  const { prelogitsNormLossFactor, prelogitsNormP, centerLossFactor, centerLossAlfa } = settings;
  const classifier = logitsStage(classes);
  const hasCenters = centerLossFactor > 0;
  const oneHotOf = (tf: TensorFlow, labels: Tensor1D): Tensor2D =>
    tf.cast(tf.oneHot(labels, classes), 'float32') as Tensor2D;
  return {
    name: 'softmax',
    stages: [classifier],
    ownVariables: hasCenters ? [{ name: centersName, shape: [classes, embeddingSize] }] : [],
    measures,
    mainMeasure: 'crossEntropy',
    guessing: { loss: Math.log(classes), term: 'cross entropy' },
    loss(tf, { prelogits, labels, variables, inputGradient }) {
      const oneHot = oneHotOf(tf, labels);
      const logits = forward(tf, [classifier], prelogits, variables, { training: true, inputGradient }) as Tensor2D;
      const main = crossEntropy(tf, logits, oneHot);
      const regularizers = [];
      if (prelogitsNormLossFactor > 0)
        regularizers.push(tf.mul(prelogitsNorm(tf, prelogits, prelogitsNormP), prelogitsNormLossFactor));
      const center = hasCenters
        ? centerLoss(tf, prelogits, tf.matMul(oneHot, variables.get(centersName) as Tensor2D))
        : undefined;
      if (center !== undefined) regularizers.push(tf.mul(center, centerLossFactor));
      return {
        main,
        regularizers,
        measures: {
          crossEntropy: main,
          accuracy: batchAccuracy(tf, logits, labels),
          ...(center !== undefined && { centerLoss: center }),
        },
      };
    },
    // The reference moves the centres twice: by their own rule, and by the optimizer along the loss's gradient (spec §5.2).
    ...(hasCenters && {
      afterGradients(tf, { prelogits, labels, variables }) {
        const oneHot = oneHotOf(tf, labels);
        const distance = tf.sub(tf.matMul(oneHot, variables.get(centersName) as Tensor2D), prelogits);
        // Every example pulls its class's centre; examples of one class add up.
        const pull = tf.matMul(oneHot, distance, true, false);
        return {
          gradients: { [centersName]: tf.mul(pull, (2 * centerLossFactor) / prelogits.size) },
          presentRows: { [centersName]: tf.reshape(tf.max(oneHot, 0), [-1, 1]) },
          moves: { [centersName]: tf.mul(pull, -(1 - centerLossAlfa)) },
        };
      },
    }),
  };
}
