import type { Scalar, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { learningRateMeasure, regularizationMeasure, totalLossMeasure, type Measure } from '../../journal/measures';
import { embeddingStage } from '../../network/network';
import { forward } from '../../network/tensorflow/forward';
import type { TensorFlow } from '../../network/tensorflow/tensorflow';
import type { LossHead, TripletSettings } from './head';

/** The line of a step has none of them (spec §5.8). */
const measures: readonly Measure[] = [
  totalLossMeasure,
  { name: 'tripletLoss', tag: 'triplet/loss', dataset: 'triplet_loss' },
  { ...regularizationMeasure, label: undefined },
  // Part of the triplets whose loss is not 0.
  { name: 'activeTriplets', tag: 'triplet/active', dataset: 'active_triplets' },
  // Means of squared distances, 0–4.
  { name: 'positiveDistance', tag: 'triplet/positive_distance', dataset: 'positive_distance' },
  { name: 'negativeDistance', tag: 'triplet/negative_distance', dataset: 'negative_distance' },
  { name: 'spread', tag: 'triplet/spread', dataset: 'spread' },
  { ...learningRateMeasure, label: undefined },
];

/** Squared Euclidean distances of the rows of two matrices [N, E], [N]. */
function squaredDistance(tf: TensorFlow, a: Tensor2D, b: Tensor2D): Tensor1D {
  return tf.sum(tf.square(tf.sub(a, b)), 1);
}

/**
 * How far embeddings [N, E] of length 1 lie from their mean, √(1 − ‖mean‖²): near 1 where they point everywhere, 0 where
 * all are the same. Not differentiable at 0.
 */
function spreadOf(tf: TensorFlow, embeddings: Tensor2D): Scalar {
  const mean = tf.mean<Tensor1D>(embeddings, 0);
  return tf.sqrt(tf.relu(tf.sub<Scalar>(1, tf.sum(tf.square(mean)))));
}

/**
 * The triplet loss (spec §5.5): rows are anchor, positive, negative, anchor …; the mean of
 * max(‖a − p‖² − ‖a − n‖² + alpha, 0) over embeddings of length 1. It has no variables and does not look at labels.
 */
export function tripletHead(settings: TripletSettings): LossHead {
  const { alpha } = settings;
  return {
    name: 'triplet',
    stages: [],
    ownVariables: [],
    measures,
    mainMeasure: 'tripletLoss',
    term: 'triplet loss',
    triplets: settings,
    margin: alpha,
    loss(tf, { prelogits, variables, inputGradient }) {
      const [rows, size] = prelogits.shape;
      const embeddings = forward(tf, [embeddingStage], prelogits, variables, {
        training: true,
        inputGradient,
      }) as Tensor2D;
      const [anchor, positive, negative] = tf.unstack(tf.reshape(embeddings, [rows / 3, 3, size]), 1) as [
        Tensor2D,
        Tensor2D,
        Tensor2D,
      ];
      const toPositive = squaredDistance(tf, anchor, positive);
      const toNegative = squaredDistance(tf, anchor, negative);
      const losses = tf.relu(tf.add(tf.sub(toPositive, toNegative), alpha));
      const main = tf.mean<Scalar>(losses);
      return {
        main,
        regularizers: {},
        measures: {
          tripletLoss: main,
          activeTriplets: tf.mean(tf.cast(tf.greater(losses, 0), 'float32')),
          positiveDistance: tf.mean(toPositive),
          negativeDistance: tf.mean(toNegative),
          spread: spreadOf(tf, embeddings),
        },
      };
    },
  };
}
