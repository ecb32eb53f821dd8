import { basename } from 'node:path';
import * as vscode from 'vscode';
import { notificationOptions } from '../jobs/progressNotification';
import { StoppedError } from '../../src/protocol/errors';
import type { Problem, ProblemKind } from '../../src/protocol/problem';
import { grouped } from '../counts';
import { commandIds } from '../identifiers';
import { browseFolder, pickDataset } from '../inputs/pickers';
import { pathOf } from '../inputs/targets';
import type { Services } from '../services';
import { expand } from '../workspace/library';
import type { DatasetServices } from './datasetServices';
import { problemKindInWords } from './problemWords';

/** Remembers a folder of people in the workspace's settings; resolves to its path. */
export async function addDataset({ library, notices }: Services, argument?: unknown): Promise<string | undefined> {
  const typed =
    pathOf(argument, 'path', 'dataDir') ??
    (await browseFolder(
      vscode.l10n.t('Add Dataset: a folder with one folder of images per person'),
      vscode.l10n.t('Add'),
    ));
  if (typed === undefined) return undefined;
  const path = expand(typed);
  await library.addDataset(path);
  notices.information(
    vscode.l10n.t('{0} is now in the Datasets view.', basename(path)),
    { title: vscode.l10n.t('Check Images'), run: () => vscode.commands.executeCommand(commandIds.checkDataset, path) },
    { title: vscode.l10n.t('Align…'), run: () => vscode.commands.executeCommand(commandIds.alignDataset, path) },
  );
  return path;
}

/** Takes a dataset out of the settings; its folder stays as it is. */
export async function removeDataset({ library }: Services, argument?: unknown): Promise<void> {
  const path = pathOf(argument, 'path');
  if (path !== undefined) await library.remove('datasets', expand(path));
}

/** Looks into every image of a dataset and flags what is wrong in the tree; resolves to the number of problems. */
export async function checkDataset(services: DatasetServices, argument?: unknown): Promise<number | undefined> {
  const { library, notices } = services;
  const typed =
    pathOf(argument, 'path', 'dataset') ??
    (await pickDataset(library, vscode.l10n.t('Check Images'), vscode.l10n.t('Dataset to check')));
  if (typed === undefined || typed === null) return undefined;
  const path = expand(typed);
  const name = basename(path);
  const problems = await checkWithProgress(services, path);
  if (problems === undefined) return undefined;
  if (problems.length === 0) notices.information(vscode.l10n.t('No problems were found in {0}.', name));
  else {
    notices.warning(
      problems.length === 1
        ? vscode.l10n.t('One problem was found in {0}: {1}. The Datasets view flags it.', name, byKind(problems))
        : vscode.l10n.t(
            '{0} problems were found in {1}: {2}. The Datasets view flags them.',
            grouped(problems.length),
            name,
            byKind(problems),
          ),
      { title: vscode.l10n.t('Show Datasets'), run: () => vscode.commands.executeCommand('facenet.datasets.focus') },
      {
        title: vscode.l10n.t('Clean Dataset…'),
        run: () => vscode.commands.executeCommand(commandIds.cleanDataset, path),
      },
    );
  }
  return problems.length;
}

/**
 * What is wrong with a dataset, against the LFW that the settings name; undefined when the user cancels.
 * @throws UserError when the dataset or LFW cannot be read.
 */
export async function checkWithProgress(
  { checks }: DatasetServices,
  path: string,
): Promise<readonly Problem[] | undefined> {
  const stop = new AbortController();
  const options = notificationOptions(vscode.l10n.t('Checking the images of {0}', basename(path)));
  const entry = vscode.workspace.getConfiguration('facenet').get<string>('lfw', '');
  const lfw = entry === '' || expand(entry) === path ? undefined : expand(entry);
  try {
    return await vscode.window.withProgress(options, async (_, token) => {
      token.onCancellationRequested(() => stop.abort(new StoppedError()));
      return checks.check(path, stop.signal, lfw);
    });
  } catch (error) {
    if (stop.signal.aborted) return undefined;
    throw error;
  }
}

/** E.g. `1 not an image, 2 too small`. */
function byKind(problems: readonly Problem[]): string {
  const counts = new Map<ProblemKind, number>();
  for (const { kind } of problems) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return [...counts].map(([kind, count]) => `${grouped(count)} ${problemKindInWords(kind)}`).join(', ');
}
