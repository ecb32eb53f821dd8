// What the state of a run means for those who show it. Only types are imported, so that pages and the extension's
// activation know the rules without the schemas.
import type { RunRecord, RunState } from './run';

const standing: Readonly<Record<RunState, 'active' | 'final'>> = {
  starting: 'active',
  running: 'active',
  stopping: 'active',
  done: 'final',
  stopped: 'final',
  failed: 'final',
  lost: 'final',
};

/** Whether a worker may still write to a run in this state. */
export function isActive(state: RunState): boolean {
  return standing[state] === 'active';
}

/** Whether a run in this state has ended: its worker writes nothing more. */
export function isFinal(state: RunState): boolean {
  return standing[state] === 'final';
}

/** A run that can be resumed, with the checkpoint that it goes on from. */
type ResumableRun = RunRecord & { checkpoint: NonNullable<RunRecord['checkpoint']> };

/**
 * Whether a run is offered to be resumed: a training that has ended before it was done and has saved a checkpoint.
 * `record.state` is the state as it really is, `lost` included. A training that was killed before it had saved anything
 * has nothing to go on from: resuming it is possible and begins it again, so it is offered to be started anew instead.
 */
export function isResumable(record: RunRecord): record is ResumableRun {
  const { request, state, checkpoint } = record;
  return request.kind === 'train' && isFinal(state) && state !== 'done' && checkpoint !== undefined;
}

/**
 * Step at which a training diverged, where it has ended so and has not gone back for that step before: then it may go on
 * from its best checkpoint with a tenth of the rate.
 */
export function divergedAt({ state, error, recovery }: RunRecord): number | undefined {
  const step = error?.divergedAt;
  if (step === undefined || !isFinal(state)) return undefined;
  const before = recovery?.attempts.some((attempt) => attempt.cause === 'divergence' && attempt.step === step);
  return before === true ? undefined : step;
}
