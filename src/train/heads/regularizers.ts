// What a classifier may be asked besides telling people apart: short prelogits, and prelogits near their person's centre.
import type { Scalar, Tensor2D } from '@tensorflow/tfjs-core';
import type { Measure } from '../../journal/measures';
import type { TensorFlow } from '../../network/tensorflow/tensorflow';
import type { TrainConfig } from '../../protocol/trainConfig';
import type { HeadInput, HeadUpdate, OwnVariable } from './head';
import { centerLoss, prelogitsNorm } from './losses';

export type RegularizerSettings = Pick<
  TrainConfig,
  'prelogitsNormLossFactor' | 'prelogitsNormP' | 'centerLossFactor' | 'centerLossAlfa'
>;

/** A batch where the network ends, with its labels one-hot, [N, C]. */
type Batch = Pick<HeadInput, 'prelogits' | 'variables'> & { oneHot: Tensor2D };

export interface Regularizers {
  readonly ownVariables: readonly OwnVariable[];
  /** The terms with their factors, and the centre loss as it is told where there is one: raw, without its factor. */
  terms(tf: TensorFlow, batch: Batch): { terms: Record<string, Scalar>; center?: Scalar };
  /** How the centres move, where there are any. */
  afterGradients?(tf: TensorFlow, batch: Batch): HeadUpdate;
}

/** Raw, without its factor. */
export const centerLossMeasure: Measure = { name: 'centerLoss', dataset: 'center_loss', label: 'Cl' };

const centersName = 'centers';

/** The reference's optional prelogits norm and centre loss (spec §5.2, §5.3). */
export function regularizersOf(
  settings: RegularizerSettings,
  { classes, embeddingSize }: { classes: number; embeddingSize: number },
): Regularizers {
  const { prelogitsNormLossFactor, prelogitsNormP, centerLossFactor, centerLossAlfa } = settings;
  const hasCenters = centerLossFactor > 0;
  const centersOf = (tf: TensorFlow, { oneHot, variables }: Batch): Tensor2D =>
    tf.matMul(oneHot, variables.get(centersName) as Tensor2D);
  return {
    ownVariables: hasCenters ? [{ name: centersName, shape: [classes, embeddingSize] }] : [],
    terms(tf, batch) {
      const terms: Record<string, Scalar> = {};
      const { prelogits } = batch;
      if (prelogitsNormLossFactor > 0)
        terms['prelogits norm'] = tf.mul(prelogitsNorm(tf, prelogits, prelogitsNormP), prelogitsNormLossFactor);
      if (!hasCenters) return { terms };
      const center = centerLoss(tf, prelogits, centersOf(tf, batch));
      terms['centre loss'] = tf.mul(center, centerLossFactor);
      return { terms, center };
    },
    // The reference moves the centres twice: by their own rule, and by the optimizer along the loss's gradient (spec §5.2).
    ...(hasCenters && {
      afterGradients(tf, batch) {
        const { prelogits, oneHot } = batch;
        const distance = tf.sub(centersOf(tf, batch), prelogits);
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
