import type { RunRecord } from '../protocol/run';
import type { RecoveryCause } from '../protocol/recovery';
import type { Failure } from './failure';

/** A training that ends so often before its time does not get better by another try. */
const mostRestarts = 3;

export type Decision =
  /** `microBatch` where it is to be another one than so far. */
  | { restart: true; cause: RecoveryCause; microBatch?: number }
  /** `why` is a sentence, and so is what to do. */
  | { restart: false; why: string; action: string };

/** Decides, for one keeper, whether a job that has failed is done again from its last checkpoint. */
export class Restarts {
  private readonly steps: number[] = [];

  /** Three times at most, and only where a failure came later in the training than the one before it. */
  decide({ cause, step }: Failure, record: RunRecord): Decision {
    const resume = record.checkpoint === undefined ? 'start it again' : `resume from step ${record.checkpoint.step}`;
    if (cause === undefined) return giveUp('', `Look at worker.log, then ${resume}.`);
    const action = `${advice[cause]}, then ${resume}.`;
    if (record.request.kind !== 'train') {
      return giveUp('Only a training is started again by itself.', `${advice[cause]}, then start it again.`);
    }
    const before = this.steps.at(-1);
    if (before !== undefined && step <= before) {
      return giveUp(`It was started again before and came no farther than step ${before} then.`, action);
    }
    if (this.steps.length >= mostRestarts) return giveUp(`It was started again ${mostRestarts} times.`, action);
    if (cause !== 'memory') {
      this.steps.push(step);
      return { restart: true, cause };
    }
    const now = microBatchOf(record);
    if (now <= 1) return giveUp('It works on one image at a time already.', action);
    this.steps.push(step);
    return { restart: true, cause, microBatch: Math.ceil(now / 2) };
  }
}

const advice: Record<NonNullable<Failure['cause']>, string> = {
  memory: 'Use a smaller batch_size, train from a later stage on, or end what else uses the memory',
  crash:
    'Look at worker.log, run facenet doctor, and choose another engine (--engine wasm uses no native training library)',
  hang: 'See in worker.log where it hung: a disk or network drive that does not answer, most often',
};

function giveUp(why: string, action: string): Decision {
  return { restart: false, why, action };
}

/** Images per pass as the training works now. */
function microBatchOf({ recovery, config, request }: RunRecord): number {
  const batch = config?.batchSize ?? (request.kind === 'train' ? request.config.batchSize : 1);
  return Math.min(recovery?.microBatch ?? batch, batch);
}
