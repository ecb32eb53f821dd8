// The questions that commands ask. Each resolves to undefined when the user leaves it with Escape.
import { basename, dirname } from 'node:path';
import * as vscode from 'vscode';
import type { RunStore } from '../jobs/runStore';
import { type Library, shorten, workspaceRoot } from '../workspace/library';
import { checkpointsOfRun } from '../workspace/runCheckpoints';

type Choice<T> = vscode.QuickPickItem & { value: T | 'browse' };

const browseIcon = '$(folder-opened)';

async function choose<T>(title: string, placeHolder: string, choices: Choice<T>[]): Promise<T | 'browse' | undefined> {
  const options = { title, placeHolder, matchOnDescription: true, ignoreFocusOut: true };
  return (await vscode.window.showQuickPick(choices, options))?.value;
}

export async function browseFolder(title: string, openLabel: string): Promise<string | undefined> {
  const start = workspaceRoot();
  const chosen = await vscode.window.showOpenDialog({
    title,
    openLabel,
    canSelectFolders: true,
    canSelectFiles: false,
    ...(start !== undefined && { defaultUri: vscode.Uri.file(start) }),
  });
  return chosen?.[0]?.fsPath;
}

export async function browseFile(title: string, filters?: Record<string, string[]>): Promise<string | undefined> {
  const start = workspaceRoot();
  const chosen = await vscode.window.showOpenDialog({
    title,
    canSelectFiles: true,
    ...(filters !== undefined && { filters }),
    ...(start !== undefined && { defaultUri: vscode.Uri.file(start) }),
  });
  return chosen?.[0]?.fsPath;
}

/** One of the known datasets, or any folder. `none` adds a first row that means "no dataset" and resolves to null. */
export async function pickDataset(
  library: Library,
  title: string,
  placeHolder: string,
  none?: string,
): Promise<string | null | undefined> {
  const known = await library.datasets();
  const choice = await choose<string | null>(title, placeHolder, [
    ...(none === undefined ? [] : [{ label: none, value: null }]),
    ...known.map(({ path }) => ({ label: basename(path), description: shorten(path), value: path })),
    { label: `${browseIcon} Choose a folder…`, alwaysShow: true, value: 'browse' as const },
  ]);
  return choice === 'browse' ? browseFolder(title, 'Choose') : choice;
}

/** The starter, a known model, a checkpoint of a run, or any file of a checkpoint. */
export async function pickModel(
  library: Library,
  runs: RunStore,
  title: string,
  placeHolder: string,
): Promise<string | undefined> {
  const models = await library.models();
  const trained = (await runs.list()).filter(({ record }) => record.request.kind === 'train');
  const checkpoints = await Promise.all(
    trained.map(async ({ folder, record }) => {
      const steps = await checkpointsOfRun(record, folder);
      return steps.map(({ prefix, step, best }) => ({
        label: `${record.title}, step ${step}`,
        description: best ? 'best' : record.id,
        value: prefix,
      }));
    }),
  );
  const choice = await choose<string>(title, placeHolder, [
    { label: 'Starter (dlib ResNet)', description: 'built in, 128 dimensions, landmark chips', value: 'starter' },
    ...models.map(({ path }) => ({ label: basename(path), description: shorten(path), value: path })),
    ...checkpoints.flat(),
    { label: `${browseIcon} Choose a file of a checkpoint…`, alwaysShow: true, value: 'browse' as const },
  ]);
  return choice === 'browse' ? browseFile(title) : choice;
}

/** A pairs file: those of the workspace, the ones beside the images first, or any file. */
export async function pickPairs(title: string, imagesDir: string): Promise<string | undefined> {
  const found = await vscode.workspace.findFiles('**/*pairs*.txt', '**/{node_modules,.facenet}/**', 50);
  const near = (path: string): number => (dirname(path) === dirname(imagesDir) || dirname(path) === imagesDir ? 0 : 1);
  const paths = found.map((uri) => uri.fsPath).sort((a, b) => near(a) - near(b) || (a < b ? -1 : 1));
  const choice = await choose<string>(title, 'File of the pairs to compare', [
    ...paths.map((path) => ({ label: basename(path), description: shorten(path), value: path })),
    { label: `${browseIcon} Choose a pairs file…`, alwaysShow: true, value: 'browse' as const },
  ]);
  return choice === 'browse' ? browseFile(title, { 'Pairs file': ['txt'] }) : choice;
}

/** One of a few named ways. */
export async function pickOne<T>(
  title: string,
  placeHolder: string,
  choices: (vscode.QuickPickItem & { value: T })[],
): Promise<T | undefined> {
  const options = { title, placeHolder, matchOnDetail: true, ignoreFocusOut: true };
  return (await vscode.window.showQuickPick(choices, options))?.value;
}
