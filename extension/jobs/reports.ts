// Reports by the runs that have made them.
import { existsSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import type { Calibration } from '../../src/protocol/calibration';
import { isSetName } from '../../src/recognize/setFile';
import type { RunRecord } from '../../src/protocol/run';
import type { RunStore } from './runStore';

/** The page that shows the report of a job; jobs without one have their run shown. */
const pages = { validate: 'lfw', demo: 'lfw', classify: 'classification', identify: 'identification' } as const;

/** What a job ends with: a report, and the page that shows it. */
export interface ShownReport {
  page: (typeof pages)[keyof typeof pages];
  path: string;
}

/** The report that a job has ended with; undefined for jobs without one, and before it has. */
export function shownReport({ request, result }: RunRecord, folder: string): ShownReport | undefined {
  const page = request.kind in pages ? pages[request.kind as keyof typeof pages] : undefined;
  const report = result?.['report'];
  if (page === undefined || typeof report !== 'string') return undefined;
  return { page, path: isAbsolute(report) ? report : join(folder, report) };
}

/** Path of the LFW report that a validation or a demo ends with; undefined for other jobs and before it has. */
export function reportOf(record: RunRecord, folder: string): string | undefined {
  const report = shownReport(record, folder);
  return report?.page === 'lfw' ? report.path : undefined;
}

/**
 * The newest report of a validation in this workspace that says at which distance of this model's embeddings two faces are
 * one person; undefined where there is none. What lies beside a model, or is of its own training, the command line finds.
 * @param goal which of its thresholds is wanted; a report of few pairs has not all of them
 */
export async function reportOfModel(
  runs: RunStore,
  model: string,
  goal: keyof Calibration['thresholds'],
): Promise<string | undefined> {
  const { readReport } = await import('../../src/evaluate/readReport');
  const { calibrate } = await import('../../src/evaluate/calibration');
  for (const { folder, record } of await runs.list()) {
    const { request } = record;
    if (request.kind !== 'validate' || record.state !== 'done') continue;
    if (request.model !== model && resolve(request.model) !== resolve(model)) continue;
    const { lfw, imageSize, standardization } = request;
    // These are about other distances.
    if (lfw.useFlippedImages || lfw.subtractMean || imageSize !== undefined || standardization !== undefined) continue;
    // And these of faces that were aligned for other models.
    if (isSetName(lfw.dir)) continue;
    const path = reportOf(record, folder);
    if (path === undefined || !existsSync(path)) continue;
    const report = await readReport(path).catch(() => undefined);
    if (report !== undefined && calibrate(report)?.thresholds[goal] !== undefined) return path;
  }
  return undefined;
}
