// A step that is computed operation by operation although a graph holds the variables.
import type { StepMeasure } from '../../journal/measures';
import type { Tensor as HostTensor, Weights } from '../../network/tensor';
import type { TensorFlow } from '../../network/tensorflow/tensorflow';
import type { StepOutcome, StepRequest, TrainerOptions, TrainerVariables } from './stepTrainer';
import { Trainer } from './trainer';
import { averagesOf } from './variableAverages';

/** All that a training has come to in a phase. */
export interface TrainerState {
  /** Of the computed stages and the head's own. */
  weights: Weights;
  /** Slots and moving averages, by their checkpoint names. */
  optimizer: ReadonlyMap<string, HostTensor>;
}

/** What a step aside has come to: `after` where it was made, else nothing has changed. */
export interface Aside {
  outcome: StepOutcome;
  measures: StepMeasure[];
  after?: TrainerState;
}

/** What `Trainer` takes, and how many steps of its optimizer there have been. */
export interface AsideParts {
  options: TrainerOptions;
  inputShape: readonly number[];
  /** Of the options, where somebody has asked for them already. */
  known?: TrainerVariables;
  steps: number;
}

/** A trainer that goes on from such a state, one operation after another; the caller disposes it. */
export function trainerFrom(
  tf: TensorFlow,
  { options, inputShape, known, steps }: AsideParts,
  state: TrainerState,
): Trainer {
  const slots = valuesOf(state.optimizer);
  const weights = new Map([...options.weights, ...state.weights]);
  const trainer = new Trainer(tf, { ...options, weights, averages: averagesOf(slots) }, inputShape, known);
  try {
    trainer.restore(steps, slots);
  } catch (error) {
    trainer.dispose();
    throw error;
  }
  return trainer;
}

/** Makes one step by a trainer of its own, which begins with `before`. */
export async function stepAside(
  tf: TensorFlow,
  parts: AsideParts,
  before: TrainerState,
  request: StepRequest,
): Promise<Aside> {
  const trainer = trainerFrom(tf, parts, before);
  try {
    const outcome = await trainer.step(request);
    if (!outcome.made) return { outcome, measures: [] };
    const measures = await trainer.measures();
    const after = { weights: await trainer.weights(), optimizer: await trainer.optimizerState() };
    return { outcome, measures, after };
  } finally {
    trainer.dispose();
  }
}

/** The values alone. */
export function valuesOf(tensors: ReadonlyMap<string, HostTensor>): Map<string, Float32Array> {
  return new Map([...tensors].map(([name, { data }]) => [name, data]));
}
