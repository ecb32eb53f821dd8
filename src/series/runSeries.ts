// From the events of a run to what its charts show. No Node built-ins here: the host keeps the series of a run, a page
// takes a snapshot of them and follows the events with the same code.
import type { RunEvent, StepEvent } from '../protocol/events';
import type { SeriesSnapshot, StepColumn, TripletColumn, ValidationColumn } from '../protocol/runSeries';
import { addWork } from '../protocol/workingTime';
import { ColumnTable } from './columnTable';

/** A run's series as it grows; a snapshot holds the same with its columns cut to length. */
export interface RunSeries extends Omit<SeriesSnapshot, 'steps' | 'validation'> {
  /** One row per told step; steps increase strictly. */
  steps: ColumnTable<StepColumn>;
  validation: ColumnTable<ValidationColumn>;
}

/** In the order in which they are shown. */
export const tripletColumns: readonly TripletColumn[] = [
  'tripletLoss',
  'activeTriplets',
  'positiveDistance',
  'negativeDistance',
  'spread',
];

export function emptySeries(): RunSeries {
  return {
    steps: new ColumnTable(
      ['step', 'time'],
      [
        'epoch',
        'loss',
        'crossEntropy',
        'regularization',
        'accuracy',
        'learningRate',
        'imagesPerSecond',
        'residentBytes',
        'tensorBytes',
        'gradientNorm',
        ...tripletColumns,
      ],
    ),
    validation: new ColumnTable(['step'], ['crossEntropy', 'accuracy']),
    lfw: [],
    phases: [],
    checkpoints: [],
    recoveries: [],
    alarms: [],
    messages: [],
    work: { milliseconds: 0 },
  };
}

/** The series as they stand, in a form that can be sent; later changes do not reach it. */
export function snapshotOf(series: RunSeries): SeriesSnapshot {
  return {
    ...series,
    steps: series.steps.snapshot(),
    validation: series.validation.snapshot(),
    lfw: [...series.lfw],
    phases: series.phases.map((phase) => ({ ...phase })),
    checkpoints: series.checkpoints.map((mark) => ({ ...mark })),
    recoveries: [...series.recoveries],
    alarms: [...series.alarms],
    messages: [...series.messages],
    work: { ...series.work },
  };
}

/** The series of a snapshot, which they own from then on. */
export function seriesFrom(snapshot: SeriesSnapshot): RunSeries {
  const { steps, validation } = emptySeries();
  steps.adopt(snapshot.steps);
  validation.adopt(snapshot.validation);
  return { ...snapshot, steps, validation };
}

/**
 * Appends to the series in place, so that a long run costs each message only its own length, and returns it. Events
 * in any number of parts give the same series as all at once. A run that resumed from a checkpoint logs some steps
 * again: what it says last holds, and what was logged beyond is dropped.
 */
export function appendEvents(series: RunSeries, events: readonly RunEvent[]): RunSeries {
  for (const event of events) {
    addWork(series.work, event);
    switch (event.type) {
      case 'step':
        appendStep(series, event);
        break;
      case 'validation':
        truncate(series.validation, event.step);
        series.validation.push(event);
        if (event.people !== undefined) series.people = { step: event.step, file: event.people };
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
      case 'recovery':
        // Stays where it happened, although the steps up to there are logged again.
        series.recoveries.push({ step: event.step, cause: event.cause });
        say(series, { time: event.time, level: 'warning', message: event.message });
        break;
      case 'alarm':
        series.alarms.push({ step: event.step, what: event.what });
        say(series, { time: event.time, level: 'warning', message: event.message });
        break;
      case 'log':
        if (event.script !== true) say(series, { time: event.time, level: event.level, message: event.message });
        break;
      case 'progress':
        series.progress = event;
        break;
      case 'round':
        // What it found is also said in a line of the log.
        break;
      case 'state':
        if (event.message !== undefined) {
          const level = event.state === 'failed' || event.state === 'lost' ? 'error' : 'info';
          say(series, { time: event.time, level, message: event.message });
        }
        break;
    }
  }
  return series;
}

/** Messages that are kept of a run of days; what it says is in its log. */
const mostMessages = 1000;

/** Keeps the newest messages, and lets go of old ones many at a time. */
function say({ messages }: RunSeries, message: RunSeries['messages'][number]): void {
  messages.push(message);
  if (messages.length >= 2 * mostMessages) messages.splice(0, messages.length - mostMessages);
}

function appendStep(series: RunSeries, event: StepEvent): void {
  const { steps, validation } = series;
  if (event.step <= (series.latestStep?.step ?? -1)) {
    truncate(steps, event.step);
    truncate(validation, event.step);
    series.lfw = before(series.lfw, event.step);
    series.checkpoints = before(series.checkpoints, event.step);
  }
  steps.push(event.measures === undefined ? event : { ...event.measures, ...event });
  series.latestStep = event;
}

/** Whether the steps have measured this: a loss measures it at every step or at none. */
export function isMeasured({ steps }: Pick<RunSeries, 'steps'>, column: StepColumn): boolean {
  return steps.length > 0 && !Number.isNaN(steps.column(column)[0]);
}

/** Drops the rows of this step and of later ones. */
function truncate<Name extends string>(table: ColumnTable<Name | 'step'>, step: number): void {
  table.truncate(lowerBound(table.column('step'), step));
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
  // What was reported last belongs to the phase before.
  delete series.progress;
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

/** Index of the first entry that is not less than `value` in an ascending list; its length where there is none. */
export function lowerBound(sorted: ArrayLike<number>, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Index of the entry nearest to `value` in an ascending list, the earlier one of two; −1 for an empty one. */
export function nearestIndex(sorted: ArrayLike<number>, value: number): number {
  const at = Math.min(lowerBound(sorted, value), sorted.length - 1);
  return at > 0 && value - sorted[at - 1]! <= sorted[at]! - value ? at - 1 : at;
}
