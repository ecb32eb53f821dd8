// What a thread that does a job and the main thread, which owns the run, tell each other.
import type { TrainRequest } from '../../protocol/job';
import type { RecordPatch, ReportedEvent } from '../../protocol/jobContext';
import type { DiskWait } from '../../files/patience';
import type { SentError } from '../../threads/sentError';

/** The thread's program, by which whoever looks for the thread knows it. */
export const trainThreadFile = 'trainThread.cjs';

/** What the thread begins with. */
export interface ThreadSetup {
  request: TrainRequest;
  runFolder: string;
  runId: string;
  keeper: number | undefined;
  /** Counters that its units of work are told by. */
  heart: SharedArrayBuffer;
}

export type ThreadMessage =
  | { type: 'report'; event: ReportedEvent }
  /** Answered by `updated` with the same number. */
  | { type: 'update'; number: number; patch: RecordPatch }
  | { type: 'diskWait'; wait: Omit<DiskWait, 'error'> & { error: SentError } }
  /** The last one; without an error the job is done. */
  | { type: 'ended'; error?: SentError };

export type OwnerMessage =
  | { type: 'stop' }
  | { type: 'updated'; number: number; error?: SentError }
  /** An event could not be written; thrown by the next one that is reported. */
  | { type: 'unwritten'; error: SentError };
