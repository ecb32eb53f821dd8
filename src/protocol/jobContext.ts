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
    | 'verdict'
    | 'selfCheck'
    | 'checkpoint'
    | 'heldOut'
    | 'ranks'
    | 'recovery'
    | 'result'
  >
>;

/**
 * What a job is made of. `preparing`: whatever comes before and between the others; `images`: a batch of them that is
 * read, decoded or passed forward; `step`: of a training; `saving`: a checkpoint.
 */
export const workUnits = ['preparing', 'images', 'step', 'saving'] as const;
export type WorkUnit = (typeof workUnits)[number];

/** What a job gets besides its request: how to be stopped and where to say what happens. */
export interface JobContext {
  /** Aborted when the user asks to stop: finish the step, save, then throw StoppedError. */
  readonly signal: AbortSignal;
  /** Absolute path of the run folder that this job owns. */
  readonly runFolder: string;
  readonly runId: string;
  /** Process that keeps this one and owns the run; absent where it is this one. */
  readonly keeper?: number | undefined;
  /** Counters that `beat` writes to, for a thread of this job; absent where nobody watches. */
  readonly heart?: SharedArrayBuffer;
  /**
   * A unit of work begins, and the one before it has come to its end; who watches the job knows by that that it does not
   * hang. Progress that is reported is one more unit of the kind, at first of `images`. Absent where nobody watches.
   * @param step that the unit is about, where it is known
   */
  beat?(unit: WorkUnit, step?: number): void;
  /** Appended to metrics.jsonl and pushed to whoever is attached. */
  report(event: ReportedEvent): void;
  /** Merged into run.json (written aside and renamed). */
  update(patch: RecordPatch): Promise<void>;
}
