// What a run is doing, in the few words of a tree row, a status bar or a progress notification.
import type { ProgressEvent, StepEvent } from '../../src/protocol/events';
import type { JobKind } from '../../src/protocol/job';
import type { RunRecord, RunState } from '../../src/protocol/run';

const kindWords: Record<JobKind, string> = {
  align: 'Aligning',
  train: 'Fine-tuning',
  validate: 'Validating',
  demo: 'Creating the demo',
};

const stateWords: Record<RunState, string> = {
  starting: 'starting',
  running: 'running',
  stopping: 'stopping',
  done: 'done',
  stopped: 'stopped',
  failed: 'failed',
  lost: 'lost',
};

/** E.g. `Fine-tuning`. */
export function kindOf(record: RunRecord): string {
  return kindWords[record.request.kind];
}

export function stateOf(record: RunRecord): string {
  return stateWords[record.state];
}

/** Whether a worker may still write to a run in this state; known here without loading the schemas. */
export function isActive(state: RunState): boolean {
  return state === 'starting' || state === 'running' || state === 'stopping';
}

/** `4 s`, `3 min`, `1 h 20 min`: as exact as an estimate deserves. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  const minutes = Math.round(whole / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** E.g. `Aligning 120/300 images, 12 s left`, `Classifier: step 40, loss 1.24, 310 images/s`. */
export function describeActivity(latest: ProgressEvent | StepEvent | undefined): string | undefined {
  if (latest === undefined) return undefined;
  if (latest.type === 'step') {
    const loss = latest.loss === null ? 'loss not finite' : `loss ${latest.loss.toPrecision(3)}`;
    return `${latest.phase}: step ${latest.step}, ${loss}, ${Math.round(latest.imagesPerSecond)} images/s`;
  }
  const amount = latest.total > 0 ? ` ${latest.done}/${latest.total} ${latest.unit}` : '';
  const left = latest.etaSeconds === undefined ? '' : `, ${duration(latest.etaSeconds)} left`;
  return `${latest.activity}${amount}${left}`;
}

/** Part done of the present activity, 0 … 1, where that is known. */
export function fractionOf(latest: ProgressEvent | StepEvent | undefined): number | undefined {
  return latest?.type === 'progress' && latest.total > 0 ? Math.min(1, latest.done / latest.total) : undefined;
}
