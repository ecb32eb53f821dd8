// What a network is trained towards. A loss head is a value: its variables, its loss with what that measures, and what
// happens after the gradients. Steps, validation, checkpoints, plans and the journal ask it and know no loss by name.
import type { Scalar, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import type { Measure } from '../../journal/measures';
import type { Stage } from '../../network/ops';
import { elementCount, type Tensor as HostTensor } from '../../network/tensor';
import type { TensorFlow } from '../../network/tensorflow/tensorflow';
import type { TrainConfig } from '../../protocol/trainConfig';

/** A batch where the network ends. */
export interface HeadInput {
  /** [N, E] */
  prelogits: Tensor2D;
  /** Indices of people, int32 [N]. */
  labels: Tensor1D;
  /** Of the head's stages and its own, by their checkpoint names. */
  variables: ReadonlyMap<string, Tensor>;
  /** Whether the prelogits were themselves computed from trained variables. */
  inputGradient: boolean;
}

/**
 * A loss: `main` + the sum of `regularizers`, each with its factor and by the name that
 * a sentence has for it. All differentiable; the trainer adds weight decay.
 */
export interface HeadLoss {
  /** The term that tells people apart, a mean over the batch. */
  main: Scalar;
  regularizers: Readonly<Record<string, Scalar>>;
  /** What is told of the batch, by the names of `LossHead.measures`; means over the batch. */
  measures: Readonly<Record<string, Scalar>>;
}

/** What a head's rules of its own ask for besides the gradients of its loss. */
export type HeadUpdate = {
  /** Gradients of the head's own variables, for the optimizer. */
  gradients: Readonly<Record<string, Tensor>>;
  /** For sparse gradients [rows, …]: [rows, 1], 1 where a row has one. */
  presentRows: Readonly<Record<string, Tensor>>;
  /** Added to variables before the optimizer moves them. */
  moves: Readonly<Record<string, Tensor>>;
};

/** A variable that belongs to no stage; it changes by what `LossHead.afterGradients` asks for. */
export interface OwnVariable {
  name: string;
  shape: readonly number[];
  /** What all its values are before the first step; default 0. */
  initial?: number;
  /** It has moves alone and never a gradient: the optimizer keeps nothing for it. */
  statistic?: true;
}

/** What an own variable is before the first step. */
export function firstValue({ shape, initial = 0 }: OwnVariable): HostTensor {
  return { shape, data: new Float32Array(elementCount(shape)).fill(initial) };
}

/** Which triplets are trained with (spec §5.6, §5.7). */
export type TripletSettings = Pick<TrainConfig, 'alpha' | 'semiHard' | 'peoplePerBatch' | 'imagesPerPerson'>;

export interface LossHead {
  readonly name: string;
  /** On top of the prelogits; their variables start, decay, are restored and are saved like those of any stage. */
  readonly stages: readonly Stage[];
  readonly ownVariables: readonly OwnVariable[];
  /** Everything that a step tells of this loss, in the order of the step's line. */
  readonly measures: readonly Measure[];
  /** Name of the measure that holds the main term. */
  readonly mainMeasure: string;
  /** What that term is called in a sentence. */
  readonly term: string;
  /** What the main term is where a head guesses among all people; absent where guessing has no fixed cost. */
  readonly guessing?: number;
  /** What the main term is once all embeddings are alike; absent where that has no fixed cost. */
  readonly margin?: number;
  /**
   * Batches are triplets that the present embedding gets wrong: rows anchor, positive, negative, anchor …; absent where
   * they are images in any order.
   */
  readonly triplets?: TripletSettings;
  loss(tf: TensorFlow, input: HeadInput): HeadLoss;
  /** Whom each row is taken for, int32 [N]; absent where the head names nobody. Not differentiated. */
  recognize?(tf: TensorFlow, input: HeadInput): Tensor1D;
  /** Not differentiated; `input.prelogits` are those that the loss was computed from. */
  afterGradients?(tf: TensorFlow, input: HeadInput): HeadUpdate;
}
