// One pass forward and back over some images: what a step learns from them.
import type { Scalar, Tensor, Tensor1D, Tensor2D, Variable } from '@tensorflow/tfjs-core';
import { regularizationMeasure } from '../../journal/measures';
import type { Stage } from '../../network/ops';
import { abandonTape } from '../../network/tensorflow/abandonTape';
import type { DropoutSeed } from '../../network/tensorflow/dropout';
import { forward } from '../../network/tensorflow/forward';
import type { TensorFlow } from '../../network/tensorflow/tensorflow';
import type { HeadInput, HeadLoss, LossHead } from '../heads/head';
import type { Bundles } from './bundles';

/** What is computed, and what of it is trained. */
export interface TrainedPart {
  /** Of the network; the head's own follow them. */
  stages: readonly Stage[];
  head: LossHead;
  /** Of all stages, by their checkpoint names. */
  variables: ReadonlyMap<string, Variable>;
  trained: readonly { name: string; variable: Variable }[];
  batchNorm: 'frozen' | 'update';
  keepProbability: number;
  /** Whether products of the network's stages take bfloat16; what the head computes does not. */
  bfloat16?: boolean;
  /** Which variables stand in others; absent where each is one of its own. */
  bundles?: Bundles;
}

/** Means over the images of the pass; the tensors belong to who holds it. */
export type GradientPass = {
  /** Of the loss without weight decay, by variable. */
  gradients: Record<string, Tensor>;
  /** Means and unbiased variances [C] of the images, by the names of the moving statistics that follow them. */
  statistics: Record<string, Tensor1D>;
  /** By the names of the head's measures, and the sum of its regularizers where it has any. */
  measures: Record<string, Scalar>;
  /** What the head was given, [N, E]. */
  prelogits: Tensor2D;
};

/** The sum of a loss's regularizers; undefined where it has none. */
export function sumOfRegularizers(
  tf: TensorFlow,
  { regularizers }: Pick<HeadLoss, 'regularizers'>,
): Scalar | undefined {
  const terms = Object.values(regularizers);
  return terms.length === 0 ? undefined : terms.reduce((a, b) => tf.add(a, b));
}

/**
 * Gradients of the loss of `x`, rows before the first of the stages. When it fails, nothing of it is left behind.
 * @param dropoutSeed another one for every step
 */
export function gradientPass(
  tf: TensorFlow,
  { stages, head, trained, batchNorm, keepProbability, bfloat16, bundles }: TrainedPart,
  x: Tensor,
  input: Pick<HeadInput, 'labels' | 'variables'>,
  dropoutSeed: DropoutSeed,
): GradientPass {
  const held: Tensor[] = [];
  const kept = <T extends Tensor>(tensor: T): T => {
    const copy = tf.keep(tensor.clone());
    held.push(copy);
    return copy;
  };
  const batchStatistics: Record<string, Tensor1D> = {};
  let rest!: Pick<GradientPass, 'measures' | 'prelogits'>;
  const loss = (): Scalar => {
    const variables = bundles?.apart(tf, input.variables) ?? input.variables;
    const prelogits = (stages.length === 0
      ? x.clone()
      : forward(tf, stages, x, variables, {
          training: true,
          batchNorm,
          keepProbability,
          ...(bfloat16 !== undefined && { bfloat16 }),
          dropoutSeed,
          onMovingStatistics(name, mean, variance) {
            batchStatistics[`${name}/moving_mean`] = kept(mean);
            batchStatistics[`${name}/moving_variance`] = kept(variance);
          },
        })) as unknown as Tensor2D;
    const told = head.loss(tf, { ...input, variables, prelogits, inputGradient: stages.length > 0 });
    const regularization = sumOfRegularizers(tf, told);
    const measures = {
      ...told.measures,
      ...(regularization !== undefined && { [regularizationMeasure.name]: regularization }),
    };
    rest = {
      prelogits: kept(prelogits),
      measures: Object.fromEntries(Object.entries(measures).map(([name, tensor]) => [name, kept(tensor)])),
    };
    return regularization === undefined ? told.main : tf.add(told.main, regularization);
  };
  try {
    const { value, grads } = tf.variableGrads(
      loss,
      trained.map(({ variable }) => variable),
    );
    value.dispose();
    const gradients: Record<string, Tensor> = {};
    for (const { name, variable } of trained) {
      const gradient = grads[variable.name];
      if (gradient !== undefined) gradients[name] = gradient;
    }
    const statistics = bundles?.joined(tf, batchStatistics) ?? batchStatistics;
    return { gradients, statistics, ...rest };
  } catch (error) {
    abandonTape(tf);
    for (const tensor of held) tensor.dispose();
    throw error;
  }
}
