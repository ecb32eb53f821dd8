import * as vscode from 'vscode';
import { UserError } from '../../src/protocol/errors';
import type { Services } from '../services';
import { rootFor } from '../jobs/jobRequests';
import { chosenRuns } from './chosenRuns';
import { showRun } from './runPanel';
import { runsPage } from './runsPanel';

/** Opens the table of all runs. */
export async function showRuns({ panels }: Pick<Services, 'panels'>): Promise<void> {
  await panels.show(runsPage, { kind: 'runs' });
}

/**
 * Draws the curves of trainings beside each other: in the tab of the first one. Resolves to its folder.
 * @throws UserError where fewer than two trainings are meant
 */
export async function compareRuns({ panels, runs }: Services, argument?: unknown): Promise<string | undefined> {
  const chosen = await chosenRuns(runs, argument, vscode.l10n.t('Compare Runs'));
  const trainings = chosen.filter(({ record }) => record.request.kind === 'train');
  const [first, ...others] = trainings;
  if (first === undefined || others.length === 0) {
    throw new UserError(
      vscode.l10n.t('Curves are those of trainings, and fewer than two of them are selected.'),
      vscode.l10n.t('Select two or more in the table of runs.'),
    );
  }
  const panel = await showRun(panels, first.folder);
  await panel.drawBeside(others.map(({ folder }) => folder));
  return first.folder;
}

/**
 * Makes a run configuration of a training's settings, to be changed and started; resolves to its file.
 * @throws UserError for a run that is no training
 */
export async function duplicateRun({ runs }: Pick<Services, 'runs'>, argument?: unknown): Promise<string | undefined> {
  const [run] = await chosenRuns(runs, argument, vscode.l10n.t('Duplicate with Changes'));
  if (run === undefined) return undefined;
  const { request } = run.record;
  if (request.kind !== 'train')
    throw new UserError(vscode.l10n.t('{0} is no training: only those have a configuration.', run.name));
  const { configurationText, saveConfiguration } = await import('../../src/train/settings/configurationFile');
  const root = rootFor(run.folder, request.config.dataDir);
  const title = vscode.l10n.t('{0}, changed', run.name);
  const notes = [
    vscode.l10n.t(
      'The settings of {0} ({1}). Change them, then start it by the button above.',
      run.name,
      run.record.id,
    ),
  ];
  const file = await saveConfiguration(root, title, configurationText(request.config, { root, title, notes }));
  await vscode.window.showTextDocument(vscode.Uri.file(file), { preview: false });
  return file;
}
