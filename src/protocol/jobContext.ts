// What a job works with, whoever runs it.
import type { RunEvent } from './events';
import type { RunRecord } from './run';

/** An event without its time stamp, as a job reports it; the run log adds the time. */
export type ReportedEvent = RunEvent extends infer E ? (E extends RunEvent ? Omit<E, 'time'> : never) : never;

/** Fields of run.json that a job fills in as it learns them. */
export type RecordPatch = Partial<
  Pick<
    RunRecord,
    | 'engines'
    | 'config'
    | 'network'
    | 'embeddingSize'
    | 'recipe'
    | 'labels'
    | 'dataset'
    | 'directories'
    | 'best'
    | 'checkpoint'
    | 'recovery'
    | 'result'
  >
>;

/** What a job gets besides its request: how to be stopped and where to say what happens. */
export interface JobContext {
  /** Aborted when the user asks to stop: finish the step, save, then throw StoppedError. */
  readonly signal: AbortSignal;
  /** Absolute path of the run folder that this job owns. */
  readonly runFolder: string;
  readonly runId: string;
  /** Appended to metrics.jsonl and pushed to whoever is attached. */
  report(event: ReportedEvent): void;
  /** Merged into run.json (written aside and renamed). */
  update(patch: RecordPatch): Promise<void>;
}
