import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JobContext, RecordPatch, ReportedEvent } from '../protocol/jobContext';
import { progressMeter } from './progressMeter';

/** A job's context without a run folder: what the job reports is shown and forgotten, what it records is kept here. */
export interface MemoryContext extends JobContext {
  /** Everything the job has recorded so far. */
  readonly record: RecordPatch;
}

/**
 * Context for a job of the terminal that leaves nothing behind but its own result (align, validate).
 * `runFolder` is the folder such a job may use for scratch files, by default one of this process in the system's
 * temporary folder; it is not created.
 */
export function memoryContext(options: {
  signal: AbortSignal;
  onEvent: (event: ReportedEvent) => void;
  runFolder?: string;
}): MemoryContext {
  const record: RecordPatch = {};
  const meter = progressMeter();
  return {
    signal: options.signal,
    runFolder: options.runFolder ?? join(tmpdir(), `facenet-${process.pid}`),
    runId: 'terminal',
    record,
    report(event) {
      const shown = event.type === 'progress' ? meter(event) : event;
      if (shown !== undefined) options.onEvent(shown);
    },
    update: async (patch) => {
      Object.assign(record, patch);
    },
  };
}
