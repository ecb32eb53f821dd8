import { join } from 'node:path';
import * as vscode from 'vscode';
import { optionsOf, pathOf } from '../inputs/targets';
import { readRecord } from '../jobs/launching';
import { type ShownReport, shownReport } from '../jobs/reports';
import { showIdentification } from '../lfw/identificationPanel';
import { showReport } from '../lfw/lfwPanel';
import { showClassification } from '../recognize/classificationPanel';
import type { Panels } from '../pages/panels';
import type { Services } from '../services';
import { expand } from '../workspace/library';
import { pickRun } from './pickRun';
import { showRun } from './runPanel';

/**
 * Opens the tab of a run: the report of a job that ends with one, the curves of anything else. `{folder, report}` opens one
 * LFW report of a run. Resolves to what is shown.
 */
export async function showMetrics(
  { panels, runs }: Services,
  argument?: unknown,
): Promise<{ page: ShownReport['page'] | 'run'; path: string } | undefined> {
  const folder = pathOf(argument, 'folder') ?? (await pickRun(runs, vscode.l10n.t('Show Metrics')));
  if (folder === undefined) return undefined;
  const path = expand(folder);
  const { report } = optionsOf<{ report: string }>(argument);
  const shown: ShownReport | undefined =
    report === undefined ? shownReport(await readRecord(path), path) : { page: 'lfw', path: join(path, report) };
  if (shown === undefined) {
    await showRun(panels, path);
    return { page: 'run', path };
  }
  await show[shown.page](panels, shown.path);
  return shown;
}

const show: Readonly<Record<ShownReport['page'], (panels: Panels, path: string) => Promise<unknown>>> = {
  lfw: showReport,
  classification: showClassification,
  identification: showIdentification,
};
