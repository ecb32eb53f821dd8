import type { RunState } from './run';

/** What a run is, as people tell them apart: trainings by what they begin with and what they minimise. */
export type RunKind =
  | 'fineTuning'
  | 'scratch'
  | 'triplets'
  | 'validation'
  | 'alignment'
  | 'demo'
  | 'classifier'
  | 'classification'
  | 'identification';

/** A run in a list: what trees, tables and the terminal show of it. */
export interface RunRow {
  /** Absolute path of the run folder. */
  folder: string;
  /** Name of the folder. */
  id: string;
  name: string;
  /** Whether a person has given it the name. */
  named: boolean;
  kind: RunKind;
  state: RunState;
  star: boolean;
  archived: boolean;
  tags: string[];
  note?: string;
  /** What it works on: the name of the folder. */
  dataset: string;
  /** What it begins with or measures: the name of a model, or of the run that has made it, with its step. */
  model?: string;
  /** Of the best evaluation on pairs, 0 … 1. */
  accuracy?: number;
  /** Since the evaluation before training, a difference of rates; `sure`: it is more than noise. */
  change?: { size: number; sure: boolean };
  /** Validation rate VAL of the same evaluation, 0 … 1. */
  validationRate?: number;
  /** Of the best checkpoint. */
  bestStep?: number;
  /** Of the last checkpoint. */
  steps?: number;
  /** ISO 8601. */
  startedAt: string;
  /** For how long it has worked, without the time that it was stopped. */
  seconds?: number;
}

/** A setting in which runs differ, by the name that a configuration has for it, e.g. `phases.1.learningRate`. */
export interface DifferingSetting {
  name: string;
  /** One for each run, as JSON writes it; undefined where a run does not have the setting. */
  values: (string | undefined)[];
}
