// What the loop asks of a trainer, however that computes a step.
import type { StepMeasure } from '../../journal/measures';
import type { Computation } from '../../engine/loadNative';
import type { BatchRows } from '../../input/pixels';
import { describe, isTrained, type StageDescription, type VariableSpec } from '../../network/describe';
import type { Network } from '../../network/network';
import type { Tensor as HostTensor, Weights } from '../../network/tensor';
import type { OptimizerName } from '../../protocol/trainConfig';
import type { Standardization } from '../../protocol/recipe';
import type { LossHead, OwnVariable } from '../heads/head';
import { halfSquaredSum } from '../heads/losses';
import type { Broken } from './diagnosis';
import type { StepExchange } from './exchange';
import { decouplesDecay } from './updateRules';
import type { HeadValidation } from './validation';

export interface TrainerOptions {
  network: Network;
  head: LossHead;
  /** First computed stage; `stages.length` for the head alone. */
  cut: number;
  /** First stage whose weights are trained, the cut unless given. */
  trainedFrom?: number;
  imageSize: number;
  /** How rows are standardised that are pixels; absent where they are values. */
  pixels?: Standardization | undefined;
  /** All variables of the network and the head. */
  weights: Weights;
  optimizer: OptimizerName;
  batchNorm: 'frozen' | 'update';
  /** Factor of Σ w²/2 over all regularized variables; with decoupled decay what a step takes from them, times the rate. */
  weightDecay: number;
  keepProbability: number;
  /** Factors of the learning rate by variable; 1 for those that it does not name. */
  rateFactors?: ReadonlyMap<string, number>;
  /** Norm that the gradients have together at most; 0 or absent: whatever it is. */
  clipGradientNorm?: number;
  /** Decay of the moving averages of variables and statistics; absent: none are kept. */
  movingAverageDecay?: number;
  /** Absent: float32, and no graph is compiled. */
  computation?: Computation;
  /** With the other ranks, where several share the images of a step. */
  exchange?: StepExchange | undefined;
  /** Moving averages of an earlier part of the run, by their checkpoint names. */
  averages?: ReadonlyMap<string, Float32Array>;
}

/** Values for histograms, by variable. */
export interface StepValues {
  /** Of trained variables and moving statistics. */
  variables: Map<string, Float32Array>;
  gradients: Map<string, Float32Array>;
}

export interface StepRequest {
  /** Rows [N, …] before the first computed stage, and the labels of their people. */
  rows: BatchRows;
  labels: Int32Array;
  /** Images that these stand for beside those of other ranks; default as many as there are. */
  own?: number;
  /** Whether they are what a round leaves: fewer than most batches have, hardly ever as many again, and so on all ranks. */
  isRest?: boolean;
  /** Another one for every step. */
  dropoutSeed: number;
  learningRate: number;
  /** Global step after the update. */
  number: number;
  /** Whether this process was asked to stop; told to the other ranks with the step. */
  wantsStop?: boolean;
  /** Whether the values before the update are wanted. */
  wantsValues: boolean;
  /**
   * Gives the images of one pass forward and back; a larger batch goes in several. Where `attempt` fails for want of memory
   * it is asked again with fewer; nothing has changed then.
   */
  within<T>(attempt: (largest: number) => T | Promise<T>): Promise<T>;
}

/** A step that was made, or where it is not finite: then nothing has changed. */
export type StepOutcome = { made: true; values?: StepValues } | { made: false; broken: Broken };

/** The trained part of a network with its head and its optimizer, on the training engine. */
export interface StepTrainer {
  /** Images that belong together: a batch of triplets goes in whole triplets. */
  readonly unit: number;
  /** Bytes of all tensors that the engine holds, this trainer's and others'. */
  readonly tensorBytes: number;
  /** Continues after `steps` steps of this phase with the optimizer slots of a checkpoint. */
  restore(steps: number, slots: ReadonlyMap<string, Float32Array>): void;
  step(request: StepRequest): Promise<StepOutcome>;
  /** Reads what the steps since the last call measured. */
  measures(): Promise<StepMeasure[]>;
  /** The loss on images that are not trained with, as `validateHead`. @param prelogits [N, E] */
  validate(prelogits: Float32Array, labels: readonly number[]): Promise<HeadValidation>;
  /** Present values of the trained variables, the moving statistics and the head's own variables. */
  weights(): Promise<Map<string, HostTensor>>;
  /** The optimizer's slots and scalars and the moving averages, under TensorFlow's names. */
  optimizerState(): Promise<Map<string, HostTensor>>;
  dispose(): void;
}

/** Which variables a trainer has, and what holds for them. */
export interface TrainerVariables {
  /** All of them, frozen ones and the head's included. */
  stages: readonly StageDescription[];
  /** Of the computed stages and the head's. */
  computed: readonly (VariableSpec & { trained: boolean })[];
  /** Of the head, outside its stages. */
  own: readonly OwnVariable[];
  /** Those of the head whose gradients name the rows they have. */
  sparse: ReadonlySet<string>;
  /** Trained ones that weight decay holds for. */
  decayed: ReadonlySet<string>;
  /** The factor of weight decay that is part of the loss: 0 where it is decoupled. */
  lossDecay: number;
  /** Σ w²/2 of the frozen stages, a constant of the loss. */
  frozenDecay: number;
  /** Factors of decoupled weight decay, by variable. */
  decays: ReadonlyMap<string, number>;
}

/** What of a network a trainer computes and trains. */
export function trainerVariables(options: TrainerOptions): TrainerVariables {
  const { network, head, cut, imageSize, weights, weightDecay, optimizer } = options;
  const { stages } = describe(network, { head: head.stages, imageSize });
  const trainedFrom = Math.max(cut, options.trainedFrom ?? cut);
  const computed = stages.flatMap((stage, index) =>
    index < cut ? [] : stage.variables.map((spec) => ({ ...spec, trained: index >= trainedFrom && isTrained(spec) })),
  );
  const decayed = new Set(computed.filter((one) => one.trained && one.regularized).map(({ name }) => name));
  const decoupled = decouplesDecay(optimizer);
  const lossDecay = decoupled ? 0 : weightDecay;
  const frozen = stages.slice(0, trainedFrom).flatMap((stage) => stage.variables);
  const sparse = head.ownVariables.filter(({ statistic }) => statistic !== true).map(({ name }) => name);
  return {
    ...{ stages, computed, decayed, lossDecay, own: head.ownVariables, sparse: new Set(sparse) },
    frozenDecay: lossDecay === 0 ? 0 : decaySum(frozen, weights),
    decays: new Map(decoupled && weightDecay > 0 ? [...decayed].map((name) => [name, weightDecay]) : []),
  };
}

/** Σ w²/2 over the variables that weight decay holds for. */
function decaySum(variables: readonly VariableSpec[], weights: Weights): number {
  const decayed = variables.filter(({ regularized }) => regularized);
  return decayed.reduce((sum, { name }) => sum + halfSquaredSum(weights.get(name)!.data), 0);
}

/** Values that the head's last stage gives for one image. */
export function outputsOf({ stages }: Pick<TrainerVariables, 'stages'>): number {
  return stages.at(-1)!.outputShape[0] ?? 1;
}
