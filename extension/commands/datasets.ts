import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { Problem } from '../../src/dataset/problems';
import { browseFolder } from '../inputs/pickers';
import { pathOf } from '../inputs/targets';
import { commandIds } from '../identifiers';
import { pickDataset } from '../inputs/pickers';
import type { Services } from '../services';
import { expand } from '../workspace/library';

/** Remembers a folder of people in the workspace's settings; resolves to its path. */
export async function addDataset({ library, notices }: Services, argument?: unknown): Promise<string | undefined> {
  const typed =
    pathOf(argument, 'path', 'dataDir') ??
    (await browseFolder('Add Dataset: a folder with one folder of images per person', 'Add'));
  if (typed === undefined) return undefined;
  const path = expand(typed);
  await library.addDataset(path);
  notices.information(
    `${basename(path)} is now in the Datasets view.`,
    { title: 'Check Images', run: () => vscode.commands.executeCommand(commandIds.checkDataset, path) },
    { title: 'Align…', run: () => vscode.commands.executeCommand(commandIds.alignDataset, path) },
  );
  return path;
}

/** Takes a dataset out of the settings; its folder stays as it is. */
export async function removeDataset({ library }: Services, argument?: unknown): Promise<void> {
  const path = pathOf(argument, 'path');
  if (path !== undefined) await library.remove('datasets', expand(path));
}

/** Looks into every image of a dataset and flags what is wrong in the tree; resolves to the number of problems. */
export async function checkDataset(services: Services, argument?: unknown): Promise<number | undefined> {
  const { library, notices } = services;
  const typed = pathOf(argument, 'path', 'dataset') ?? (await pickDataset(library, 'Check Images', 'Dataset to check'));
  if (typed === undefined || typed === null) return undefined;
  const path = expand(typed);
  const name = basename(path);
  const problems = await checkWithProgress(services, path);
  if (problems === undefined) return undefined;
  if (problems.length === 0) notices.information(`No problems were found in ${name}.`);
  else {
    const count = problems.length === 1 ? 'One problem was' : `${problems.length} problems were`;
    notices.warning(
      `${count} found in ${name}: ${byKind(problems)}. The Datasets view flags them.`,
      { title: 'Show Datasets', run: () => vscode.commands.executeCommand('facenet.datasets.focus') },
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
export async function checkWithProgress({ checks }: Services, path: string): Promise<readonly Problem[] | undefined> {
  const stop = new AbortController();
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: `Checking the images of ${basename(path)}`,
    cancellable: true,
  };
  const entry = vscode.workspace.getConfiguration('facenet').get<string>('lfw', '');
  const lfw = entry === '' || expand(entry) === path ? undefined : expand(entry);
  try {
    return await vscode.window.withProgress(options, async (_, token) => {
      token.onCancellationRequested(() => stop.abort());
      return checks.check(path, stop.signal, lfw);
    });
  } catch (error) {
    if (stop.signal.aborted) return undefined;
    throw error;
  }
}

/** E.g. `1 not an image, 2 too small`. */
function byKind(problems: readonly Problem[]): string {
  const counts = new Map<string, number>();
  for (const { kind } of problems) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return [...counts].map(([kind, count]) => `${count} ${kind.replaceAll('-', ' ')}`).join(', ');
}
