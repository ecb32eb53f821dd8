import type { AlarmEvent, LfwEvent, ProgressEvent, RecoveryEvent, StepEvent } from './events';
import type { LoggedWork } from './workingTime';

export interface PhaseSpan {
  name: string;
  trainableFrom: string;
  epochs: number;
  /** Step before the first of the phase. */
  start: number;
  /** Last step of the phase; absent while it runs. */
  end?: number;
}

export interface CheckpointMark {
  step: number;
  prefix: string;
  best: boolean;
}

/** Where a training went on after something that would have ended it. */
export type RecoveryMark = Pick<RecoveryEvent, 'step' | 'cause'>;

/** Where something was wrong with what is learned. */
export type AlarmMark = Pick<AlarmEvent, 'step' | 'what'>;

export interface LogLine {
  time: number;
  level: 'info' | 'warning' | 'error';
  message: string;
}

/** Measured by the triplet loss alone. */
export type TripletColumn = 'tripletLoss' | 'activeTriplets' | 'positiveDistance' | 'negativeDistance' | 'spread';

/** Columns of the measured steps; `time` and `step` are exact, the others single precision. */
export type StepColumn =
  | 'time'
  | 'step'
  | 'epoch'
  | 'loss'
  | 'crossEntropy'
  | 'regularization'
  | 'accuracy'
  | 'learningRate'
  | 'imagesPerSecond'
  | 'residentBytes'
  | 'tensorBytes'
  /** Of all gradients together before they are clipped; measured where they are. */
  | 'gradientNorm'
  | TripletColumn;

export type ValidationColumn = 'step' | 'crossEntropy' | 'accuracy';

/** Columns of equal length; NaN where a value was not finite or not measured. */
export type ColumnValues<Name extends string> = Record<Name, Float32Array | Float64Array>;

/** What a run's charts are drawn from, as it travels to a page: typed arrays, so that a million steps are one copy. */
export interface SeriesSnapshot {
  steps: ColumnValues<StepColumn>;
  validation: ColumnValues<ValidationColumn>;
  /** Evaluations by step, one for each step. */
  lfw: LfwEvent[];
  /** File of the last result per person, relative to the run folder, and its step. */
  people?: { step: number; file: string };
  phases: PhaseSpan[];
  checkpoints: CheckpointMark[];
  /** In the order in which they happened. */
  recoveries: RecoveryMark[];
  /** In the order in which they were seen. */
  alarms: AlarmMark[];
  messages: LogLine[];
  work: LoggedWork;
  /** The activity reported last. */
  progress?: ProgressEvent;
  latestStep?: StepEvent;
}

/** Another run of the workspace, to be compared; long ones are thinned out by the host. */
export interface OverlayRun {
  folder: string;
  title: string;
  series: Pick<SeriesSnapshot, 'steps' | 'validation' | 'lfw'>;
}
