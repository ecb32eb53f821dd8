import { isAbsolute, join } from 'node:path';
import type { RunRecord } from '../../src/protocol/run';

/** Path of the report that a validation or a demo ends with; undefined for other jobs and before it has. */
export function reportOf(record: RunRecord, folder: string): string | undefined {
  const report =
    record.request.kind === 'validate' || record.request.kind === 'demo' ? record.result?.report : undefined;
  if (typeof report !== 'string') return undefined;
  return isAbsolute(report) ? report : join(folder, report);
}
