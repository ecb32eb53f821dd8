import type { Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import type { Stage } from '../ops';
import type { DropoutSeed } from './dropout';
import type { TensorFlow } from './tensorflow';
import { TensorOps } from './tensorOps';

export interface ForwardOptions {
  /** Training mode: dropout is active and gradients flow to all variables of the stages. Default false. */
  training?: boolean;
  /**
   * What batch norms do in training mode. `frozen` (default): they use their moving statistics and keep them.
   * `update`: they use the batch's own statistics and report them. Without training they are always frozen.
   */
  batchNorm?: 'frozen' | 'update';
  /** Gradients also flow to x, because it was itself computed from trained variables. Default false. */
  inputGradient?: boolean;
  /** Part of the values that dropout keeps, (0, 1]. Default 1. */
  keepProbability?: number;
  /** Whether convolutions and matrix products take bfloat16, which only TensorFlow's graphs do. Default false. */
  bfloat16?: boolean;
  /** Makes dropout repeatable; give another one for every step. */
  dropoutSeed?: DropoutSeed;
  /**
   * With `update`: called for every batch norm, by its scope (`…/BatchNorm`), with the mean and the unbiased variance
   * [C] of this batch. The tensors live only during the call. See `nextMovingStatistic`.
   */
  onMovingStatistics?: (name: string, mean: Tensor1D, variance: Tensor1D) => void;
}

/**
 * Runs `stages` on x [N, H, W, C] (or [N, C] after the pooling) and gives the last stage's result.
 * `variables` are tensors or tf.Variables by their full names. Gradients flow to the variables.
 * In a gradient function it leaves its intermediate tensors to the tape; elsewhere it leaves none.
 * @throws UserError when a variable is missing.
 */
export function forward(
  tf: TensorFlow,
  stages: readonly Stage[],
  x: Tensor,
  variables: ReadonlyMap<string, Tensor>,
  options: ForwardOptions = {},
): Tensor {
  return tf.tidy(() => {
    const o = new TensorOps(tf, variables, {
      training: options.training ?? false,
      batchNorm: options.batchNorm ?? 'frozen',
      keepProbability: options.keepProbability ?? 1,
      bfloat16: options.bfloat16 ?? false,
      dropoutSeed: options.dropoutSeed,
      onMovingStatistics: options.onMovingStatistics,
    });
    const start = { kind: 'ready', tensor: x, trained: options.inputGradient ?? false } as const;
    return o.tensor(stages.reduce<Parameters<typeof o.tensor>[0]>((value, stage) => stage.build(o, value), start));
  });
}
