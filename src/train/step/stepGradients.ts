// What passes between the two halves of a step: gradients, then the update.
import type { Scalar, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { regularizationMeasure, type StepMeasure } from '../../journal/measures';
import type { HeadUpdate } from '../heads/head';

/** What a batch measured, not read yet. */
export type MeasuredTensors = {
  /** Sum of its regularizers, where it has any. */
  regularization?: Scalar;
  /** Of the trained variables, where there is weight decay. */
  weightDecay?: Scalar;
  /** By the names of the head's measures. */
  measures: Readonly<Record<string, Scalar>>;
  /** What the head was given. */
  prelogits: Tensor2D;
};

/** Everything that a batch asks to be changed, by variable name; the tensors belong to who holds it. */
export type StepGradients = HeadUpdate & {
  /** Means and unbiased variances [C] of the batch, by the names of the moving statistics that follow them. */
  statistics: Readonly<Record<string, Tensor1D>>;
  /** Finite only where the loss and all that is to be changed are. */
  checksum: Scalar;
  measured: MeasuredTensors;
};

/** Lets go of what was to be changed; what was measured stays. */
export function disposeGradients({ gradients, presentRows, moves, statistics, checksum }: StepGradients): void {
  checksum.dispose();
  for (const group of [gradients, presentRows, moves, statistics])
    for (const tensor of Object.values<Tensor>(group)) tensor.dispose();
}

/** Lets go of what was measured. */
export function disposeMeasured({ regularization, weightDecay, measures, prelogits }: MeasuredTensors): void {
  for (const tensor of [regularization, weightDecay, prelogits, ...Object.values(measures)]) tensor?.dispose();
}

/** Lets go of a step that is not made. */
export function disposeStep(step: StepGradients): void {
  disposeGradients(step);
  disposeMeasured(step.measured);
}

/** What a batch measured, read. */
export interface ReadMeasures {
  /** By the names of the head's measures. */
  measures: Readonly<Record<string, number>>;
  /** Sum of its regularizers; 0 where it has none. */
  regularization: number;
  /** Of the trained variables; 0 where there is none. */
  weightDecay: number;
  prelogits: StepMeasure['prelogits'];
}

/**
 * What is told of a batch.
 * @param mainMeasure name of the head's main term
 * @param frozenDecay weight decay's part of the loss for what is frozen
 */
export function toldOf(
  { measures, regularization, weightDecay, prelogits }: ReadMeasures,
  mainMeasure: string,
  frozenDecay: number,
): Pick<StepMeasure, 'loss' | 'values' | 'prelogits'> {
  const total = regularization + (weightDecay + frozenDecay);
  return {
    loss: measures[mainMeasure]! + total,
    values: { ...measures, [regularizationMeasure.name]: total },
    prelogits,
  };
}

/** The numbers of a batch; its tensors are let go. */
export async function readMeasures(measured: MeasuredTensors): Promise<ReadMeasures> {
  const measures: Record<string, number> = {};
  try {
    for (const [name, tensor] of Object.entries(measured.measures)) measures[name] = await read(tensor);
    const weightDecay = await read(measured.weightDecay);
    const regularization = await read(measured.regularization);
    const rows = measured.prelogits.shape[0];
    const data = Float32Array.from((await measured.prelogits.data()) as Float32Array);
    return { measures, regularization, weightDecay, prelogits: { rows, data } };
  } finally {
    disposeMeasured(measured);
  }
}

async function read(tensor: Scalar | undefined): Promise<number> {
  if (tensor === undefined) return 0;
  const [value] = await tensor.data();
  return value!;
}
