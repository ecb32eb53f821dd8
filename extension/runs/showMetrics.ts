import { join } from 'node:path';
import * as vscode from 'vscode';
import { optionsOf, pathOf } from '../inputs/targets';
import { readRecord } from '../jobs/launching';
import { reportOf } from '../jobs/reports';
import { showReport } from '../lfw/lfwPanel';
import type { Services } from '../services';
import { expand } from '../workspace/library';
import { pickRun } from './pickRun';
import { showRun } from './runPanel';

/**
 * Opens the tab of a run: the report of a validation, the curves of anything else. `{folder, report}` opens one report
 * of a run. Resolves to what is shown.
 */
export async function showMetrics(
  { panels, runs }: Services,
  argument?: unknown,
): Promise<{ page: 'run' | 'lfw'; path: string } | undefined> {
  const folder = pathOf(argument, 'folder') ?? (await pickRun(runs, vscode.l10n.t('Show Metrics')));
  if (folder === undefined) return undefined;
  const path = expand(folder);
  const { report } = optionsOf<{ report: string }>(argument);
  const file = report === undefined ? reportOf(await readRecord(path), path) : join(path, report);
  if (file === undefined) {
    await showRun(panels, path);
    return { page: 'run', path };
  }
  await showReport(panels, file);
  return { page: 'lfw', path: file };
}
