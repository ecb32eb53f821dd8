// From the events of a run to what its page shows. No DOM: the page draws this and nothing else.
import type { LfwEvent, ProgressEvent, RunEvent, StepEvent } from '../../src/protocol/events';

/** A measured value; null where it was not finite. */
export type Measure = number | null;

/** One column per value, one row per step; steps increase strictly. */
export interface StepColumns {
  step: number[];
  epoch: number[];
  loss: Measure[];
  crossEntropy: Measure[];
  regularization: Measure[];
  accuracy: Measure[];
  learningRate: number[];
}

export interface ValidationColumns {
  step: number[];
  crossEntropy: Measure[];
  accuracy: Measure[];
}

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

export interface LogLine {
  time: number;
  level: 'info' | 'warning' | 'error';
  message: string;
}

export interface RunSeries {
  steps: StepColumns;
  validation: ValidationColumns;
  /** Evaluations by step, one for each step. */
  lfw: LfwEvent[];
  phases: PhaseSpan[];
  checkpoints: CheckpointMark[];
  messages: LogLine[];
  /** The activity reported last, unless training steps came after it. */
  progress?: ProgressEvent;
  latestStep?: StepEvent;
}

export function emptySeries(): RunSeries {
  return {
    steps: { step: [], epoch: [], loss: [], crossEntropy: [], regularization: [], accuracy: [], learningRate: [] },
    validation: { step: [], crossEntropy: [], accuracy: [] },
    lfw: [],
    phases: [],
    checkpoints: [],
    messages: [],
  };
}

/** The series of these events. */
export function seriesOf(events: readonly RunEvent[]): RunSeries {
  return appendEvents(emptySeries(), events);
}

/**
 * Appends to the series in place, so that a long run costs each message only its own length, and returns it. Events
 * in any number of parts give the same series as all at once. A run that resumed from a checkpoint logs some steps
 * again: what it says last holds, and what was logged beyond is dropped.
 */
export function appendEvents(series: RunSeries, events: readonly RunEvent[]): RunSeries {
  for (const event of events) {
    switch (event.type) {
      case 'step':
        appendStep(series, event);
        break;
      case 'validation':
        truncate(series.validation, event.step);
        series.validation.step.push(event.step);
        series.validation.crossEntropy.push(event.crossEntropy);
        series.validation.accuracy.push(event.accuracy);
        break;
      case 'lfw':
        series.lfw = before(series.lfw, event.step);
        series.lfw.push(event);
        break;
      case 'phase':
        markPhase(series, event);
        break;
      case 'checkpoint':
        markCheckpoint(series, event);
        break;
      case 'log':
        series.messages.push({ time: event.time, level: event.level, message: event.message });
        break;
      case 'progress':
        series.progress = event;
        break;
      case 'state':
        if (event.message !== undefined) {
          const level = event.state === 'failed' || event.state === 'lost' ? 'error' : 'info';
          series.messages.push({ time: event.time, level, message: event.message });
        }
        break;
    }
  }
  return series;
}

function appendStep(series: RunSeries, event: StepEvent): void {
  const { steps, validation } = series;
  if (event.step <= (steps.step.at(-1) ?? -1)) {
    truncate(steps, event.step);
    truncate(validation, event.step);
    series.lfw = before(series.lfw, event.step);
    series.checkpoints = before(series.checkpoints, event.step);
  }
  steps.step.push(event.step);
  steps.epoch.push(event.epoch);
  steps.loss.push(event.loss);
  steps.crossEntropy.push(event.crossEntropy);
  steps.regularization.push(event.regularization);
  steps.accuracy.push(event.accuracy);
  steps.learningRate.push(event.learningRate);
  series.latestStep = event;
}

/** Drops the rows of this step and of later ones. */
function truncate<T extends { step: number[] }>(columns: T, step: number): void {
  const { length } = columns.step;
  let kept = length;
  while (kept > 0 && columns.step[kept - 1]! >= step) kept--;
  if (kept === length) return;
  for (const column of Object.values(columns) as unknown[][]) column.length = kept;
}

function before<T extends { step: number }>(rows: T[], step: number): T[] {
  return (rows.at(-1)?.step ?? -1) < step ? rows : rows.filter((row) => row.step < step);
}

function markPhase(series: RunSeries, event: Extract<RunEvent, { type: 'phase' }>): void {
  if (event.boundary === 'end') {
    const open = series.phases.findLast((phase) => phase.name === event.name);
    if (open !== undefined) open.end = event.step;
    return;
  }
  const { name, trainableFrom, epochs, step } = event;
  series.phases = series.phases.filter((phase) => phase.start <= step);
  const last = series.phases.at(-1);
  // A resumed run announces the phase that it is in once more; the phase keeps its beginning.
  if (last?.name === name && last.trainableFrom === trainableFrom) {
    delete last.end;
    return;
  }
  series.phases.push({ name, trainableFrom, epochs, start: step });
}

function markCheckpoint(series: RunSeries, { step, prefix, best }: Extract<RunEvent, { type: 'checkpoint' }>): void {
  // The same step may be saved twice: as the latest, and again when its evaluation makes it the best.
  const known = series.checkpoints.find((mark) => mark.step === step);
  const isBest = best || known?.best === true;
  if (isBest) for (const mark of series.checkpoints) mark.best = false;
  if (known !== undefined) Object.assign(known, { prefix, best: isBest });
  else series.checkpoints.push({ step, prefix, best: isBest });
}

/** Index of the entry nearest to `value` in an ascending list; −1 for an empty one. */
export function nearestIndex(sorted: ArrayLike<number>, value: number): number {
  let low = 0;
  let high = sorted.length - 1;
  if (high < 0) return -1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low > 0 && value - sorted[low - 1]! <= sorted[low]! - value ? low - 1 : low;
}
