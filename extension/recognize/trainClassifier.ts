import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { classifierRequestSchema } from '../../src/protocol/job';
import { pickDataset, pickModel } from '../inputs/pickers';
import { optionsOf, pathOf } from '../inputs/targets';
import { parseRequest, rootFor, shortName } from '../jobs/jobRequests';
import { withRunProgress } from '../jobs/progressNotification';
import type { Services } from '../services';
import { expand } from '../workspace/library';
import { classifierEnding } from '../workspace/classifiers';

interface TrainOptions {
  folder: string;
  model: string;
  classifier: string;
}

/**
 * Trains a classifier on the people of an aligned dataset, with a model that is asked for. Resolves to its file and how the
 * job ended, or undefined where a question was left.
 */
export async function trainClassifier(
  { jobs, library, runs }: Services,
  argument?: unknown,
): Promise<{ classifier: string; state: string } | undefined> {
  const title = vscode.l10n.t('Train Classifier');
  const given = optionsOf<TrainOptions>(argument);
  const isDataset = (argument as { kind?: string } | undefined)?.kind === 'dataset';
  const row = pathOf(argument, 'prefix', 'path');
  const typed =
    given.folder ??
    (isDataset ? row : undefined) ??
    (await pickDataset(library, title, vscode.l10n.t('Aligned faces, one folder per person'), { first: 'faces' }));
  if (typed === undefined || typed === null) return undefined;
  const folder = expand(typed);
  const chosen =
    given.model ??
    (isDataset ? undefined : row) ??
    (await pickModel(library, runs, title, vscode.l10n.t('Model whose embeddings are told apart'), { faces: folder }));
  if (chosen === undefined) return undefined;
  const model = chosen === 'starter' ? chosen : expand(chosen);
  const file = given.classifier === undefined ? await askForFile(title, folder, model) : expand(given.classifier);
  if (file === undefined) return undefined;
  const request = parseRequest(
    classifierRequestSchema,
    // The dialog has asked whether an existing file is replaced.
    { kind: 'classifier', model, dataDir: folder, output: file, replace: given.classifier === undefined },
    title,
  );
  const name = vscode.l10n.t('{0} of {1}', basename(file), basename(folder));
  const run = await jobs.start(request, { root: rootFor(folder, dirname(file)), title: name });
  const { state } = await withRunProgress(vscode.l10n.t('Training {0}', name), run, jobs);
  if (existsSync(file)) library.refresh();
  return { classifier: file, state };
}

/** Beside the dataset, named after both. */
async function askForFile(title: string, folder: string, model: string): Promise<string | undefined> {
  const name = `${basename(folder)}-${shortName(model).replace(/[^\w.-]+/g, '_')}${classifierEnding}`;
  const uri = await vscode.window.showSaveDialog({
    title,
    filters: { [vscode.l10n.t('Classifier')]: [classifierEnding.slice(1)] },
    defaultUri: vscode.Uri.file(join(dirname(folder), name)),
  });
  return uri?.fsPath;
}
