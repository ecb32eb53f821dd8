import { basename } from 'node:path';
import * as vscode from 'vscode';
import { nameInChoice } from '../shown';
import { UserError } from '../../src/protocol/errors';
import { trainRequestSchema } from '../../src/protocol/job';
import { configurationSuffix } from '../../src/protocol/runConfiguration';
import { pickOne } from '../inputs/pickers';
import { pathOf } from '../inputs/targets';
import { showRun } from '../runs/runPanel';
import type { Services } from '../services';
import { expand, shorten } from '../workspace/library';
import { parseRequest, rootFor } from '../jobs/jobRequests';
import { indexesFor } from '../jobs/datasetIndexes';

/**
 * Starts the training that a run configuration describes and opens the Run tab; resolves to the run's folder. Without a
 * file the one in the active editor is meant, else it is asked for. What a dirty editor shows is saved before, as a
 * debugger does.
 *
 * @throws UserError for a file that is no configuration, and for data or a model in it with which no run would start
 */
export async function startConfiguration(
  { jobs, panels }: Services,
  argument?: unknown,
): Promise<{ folder: string } | undefined> {
  const typed = pathOf(argument, 'file', 'path') ?? activeConfiguration() ?? (await pickConfiguration());
  if (typed === undefined) return undefined;
  const file = expand(typed);
  const open = vscode.workspace.textDocuments.find(({ uri }) => uri.scheme === 'file' && uri.fsPath === file);
  if (open?.isDirty === true && !(await open.save())) {
    throw new UserError(vscode.l10n.t('{0} could not be saved.', file), vscode.l10n.t('Save it and start again.'));
  }
  const { readConfiguration } = await import('../../src/train/settings/configurationFile');
  const { config, title, root } = await readConfiguration(file);
  const request = parseRequest(trainRequestSchema, { kind: 'train', config }, vscode.l10n.t('Start Run'));
  const { previewTraining } = await import('../../src/train/plan/estimate');
  // What would fail at once is said here, and no run is made that has failed.
  await previewTraining(request.config, 'wasm', undefined, { index: await indexesFor(request.config.dataDir) });
  const run = await jobs.start(request, { root: rootFor(file, root), title });
  await showRun(panels, run.folder);
  return { folder: run.folder };
}

function activeConfiguration(): string | undefined {
  const uri = vscode.window.activeTextEditor?.document.uri;
  return uri?.scheme === 'file' && uri.fsPath.endsWith(configurationSuffix) ? uri.fsPath : undefined;
}

async function pickConfiguration(): Promise<string | undefined> {
  const found = await vscode.workspace.findFiles(`**/*${configurationSuffix}`, '**/node_modules/**', 200);
  if (found.length === 0) {
    throw new UserError(
      vscode.l10n.t('There is no run configuration (*{0}) in this workspace yet.', configurationSuffix),
      vscode.l10n.t('Fine-Tune… and Paste train_softmax Command… make one.'),
    );
  }
  const paths = found.map(({ fsPath }) => fsPath).sort();
  const choices = paths.map((value) => ({
    label: nameInChoice(basename(value, configurationSuffix)),
    description: shorten(value),
    value,
  }));
  return pickOne(vscode.l10n.t('Start Run'), vscode.l10n.t('Run configuration to start'), choices);
}
