import { percentSpread } from '../../src/words/rates';
import { isAbsolute, join, resolve } from 'node:path';
import * as vscode from 'vscode';
import type { ListedRun } from '../../src/run/runList';
import { reportOf } from '../jobs/reports';

/** An LFW report of a run, as it is offered in a list. */
export interface ListedReport {
  path: string;
  /** E.g. `Family, step 400`. */
  label: string;
  /** E.g. `98.3 % ± 0.7`. */
  description: string;
}

/** Every LFW report of these runs, in their order; of a training one for each evaluation, the last first. */
export async function listReports(runs: readonly ListedRun[]): Promise<ListedReport[]> {
  const { readEvents } = await import('../../src/run/metricsLog');
  const lists = await Promise.all(
    runs.map(async ({ folder, record, name }): Promise<ListedReport[]> => {
      const events = (await readEvents(join(folder, 'metrics.jsonl'))).filter((event) => event.type === 'lfw');
      const listed = events.reverse().map(({ report, step, accuracy, accuracyStd }) => ({
        path: isAbsolute(report) ? report : join(folder, report),
        label: record.request.kind === 'validate' ? name : vscode.l10n.t('{0}, step {1}', name, step),
        description: percentSpread(accuracy, accuracyStd),
      }));
      const own = reportOf(record, folder);
      const isListed = own === undefined || listed.some(({ path }) => path === own);
      return isListed ? listed : [{ path: own, label: name, description: record.id }, ...listed];
    }),
  );
  // A demo tells the evaluations of its training too.
  const byPath = new Map(lists.flat().map((report) => [resolve(report.path), report]));
  return [...byPath.values()];
}
