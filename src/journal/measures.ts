// The names under which the numbers of a training are told: to TensorBoard, to stat.h5 and in the line of a step.

/** One number that a step measures beside its loss. A loss head lists its own; the writers of the journal follow the list. */
export interface Measure {
  /** Under which a `StepMeasure` holds it. */
  name: string;
  /** TensorBoard's tag (spec §6.10). */
  tag?: string;
  /** Tag of its moving average over the steps (spec §6.4). */
  averageTag?: string;
  /** Dataset of stat.h5 with one value a step (spec §6.9). */
  dataset?: string;
  /** What the line of a step calls it (spec §6.5), and its digits after the point, 3 unless given. */
  label?: string;
  digits?: number;
  /** Measured on the validation images too: its tag there. stat.h5 then keeps it as `val_<dataset>`. */
  validationTag?: string;
}

/** What a step measured; numbers of the batch before the step's update. */
export interface StepMeasure {
  /** Global step after the update (spec §6.9). */
  step: number;
  /** Everything that is minimised, weight decay included. */
  loss: number;
  learningRate: number;
  /** By the names of the head's measures; one that the settings leave out is absent. */
  values: Readonly<Record<string, number>>;
  /** What the head was given, [rows, E]. */
  prelogits: { rows: number; data: Float32Array };
}

/** Means over all validation images (spec §6.7). */
export type ValidationMeasure = Pick<StepMeasure, 'loss' | 'values'>;

/** The rate of a step, which a head lists where the line of its script has it. */
export const learningRateMeasure: Measure = { name: 'learningRate', tag: 'learning_rate_1', label: 'Lr', digits: 5 };

/** Weight decay and everything else that a head adds to its main term, with their factors. */
export const regularizationMeasure: Measure = {
  name: 'regularization',
  tag: 'regularization',
  dataset: 'reg_loss',
  label: 'RegLoss',
};

/** Everything that is minimised, under the tag that train_tripletloss.py has for it. */
export const totalLossMeasure: Measure = { name: 'loss', tag: 'loss' };

/** Norm of all gradients together before they are clipped; told where they are. */
export const gradientNormMeasure: Measure = { name: 'gradientNorm', tag: 'gradient_norm' };

/** The value of a measure in a step; 0 where the settings leave it out, as the reference tells it. */
export function valueOf(step: Pick<StepMeasure, 'loss' | 'learningRate' | 'values'>, name: string): number {
  if (name === learningRateMeasure.name) return step.learningRate;
  return name === totalLossMeasure.name ? step.loss : (step.values[name] ?? 0);
}
