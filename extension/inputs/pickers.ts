// The questions that commands ask. Each resolves to undefined when the user leaves it with Escape.
import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import * as vscode from 'vscode';
import type { RunStore } from '../jobs/runStore';
import { nameInChoice, shownChoice } from '../shown';
import { type StepTitle, pickInStep, titleText } from './steps';
import { type Library, placeOf, workspaceRoot } from '../workspace/library';
import { checkpointsOfRun } from '../workspace/runCheckpoints';

type Choice<T> = vscode.QuickPickItem & { value: T | 'browse' };

const browseIcon = '$(folder-opened)';

/** One of the choices, or what `browse` finds; after a dialog that was left the question is asked again. */
async function choose<T extends string | null>(
  title: string | StepTitle,
  placeHolder: string,
  choices: Choice<T>[],
  browse: () => Promise<string | undefined>,
  active?: T,
): Promise<T | string | undefined> {
  for (;;) {
    const options = { placeHolder, matchOnDescription: true, ignoreFocusOut: true };
    const choice =
      typeof title === 'string'
        ? (await vscode.window.showQuickPick(choices.map(shownChoice), { ...options, title }))?.value
        : await pickInStep<T | 'browse'>(title, placeHolder, choices, active);
    if (choice !== 'browse') return choice;
    const found = await browse();
    if (found !== undefined) return found;
  }
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

/**
 * One of the known datasets, or any folder; those that are wanted come first, an earlier answer is `active`. `none` adds a first row that means "no
 * dataset" and resolves to null.
 */
export async function pickDataset(
  library: Library,
  title: string | StepTitle,
  placeHolder: string,
  { none, first, active }: { none?: string; first?: 'faces' | 'photographs'; active?: string | null } = {},
): Promise<string | null | undefined> {
  const listed = (await library.datasets()).map(({ path }) => ({
    path,
    kind: isAligned(path) ? 'faces' : 'photographs',
  }));
  const known = [...listed].sort((a, b) => Number(b.kind === first) - Number(a.kind === first));
  const choices = [
    ...(none === undefined ? [] : [{ label: none, value: null }]),
    ...known.map(({ path, kind }) => ({
      label: nameInChoice(basename(path)),
      description: [...(kind === 'faces' ? [vscode.l10n.t('aligned faces')] : []), ...placeOf(path)].join(' · '),
      value: path,
    })),
    { label: `${browseIcon} ${vscode.l10n.t('Choose a folder…')}`, alwaysShow: true, value: 'browse' as const },
  ];
  return choose<string | null>(
    title,
    placeHolder,
    choices,
    async () => browseFolder(titleText(title), vscode.l10n.t('Choose')),
    active,
  );
}

/** Whether the folder was written by an alignment. */
function isAligned(folder: string): boolean {
  return existsSync(join(folder, 'alignment.json'));
}

/**
 * The starter, a known model, a checkpoint of a run, or any file of a checkpoint.
 * @param except a model that is not offered, such as the one that another is held against
 */
export async function pickModel(
  library: Library,
  runs: RunStore,
  title: string | StepTitle,
  placeHolder: string,
  except?: string,
): Promise<string | undefined> {
  const models = await library.models();
  const trained = (await runs.list()).filter(({ record }) => record.request.kind === 'train');
  const checkpoints = await Promise.all(
    trained.map(async ({ folder, record, name }) => {
      const steps = await checkpointsOfRun(record, folder);
      return steps.map(({ prefix, step, best }) => ({
        label: nameInChoice(vscode.l10n.t('{0}, step {1}', name, step)),
        description: best ? vscode.l10n.t('best') : record.id,
        value: prefix,
      }));
    }),
  );
  const choices = [
    {
      label: vscode.l10n.t('Starter (dlib ResNet)'),
      description: vscode.l10n.t('built in, 128 dimensions, landmark chips'),
      value: 'starter',
    },
    ...models.map(({ path }) => ({
      label: nameInChoice(basename(path)),
      description: placeOf(path).join(),
      value: path,
    })),
    ...checkpoints.flat(),
    {
      label: `${browseIcon} ${vscode.l10n.t('Choose a file of a checkpoint…')}`,
      alwaysShow: true,
      value: 'browse' as const,
    },
  ];
  const offered = choices.filter(({ value }) => value !== except);
  return choose<string>(title, placeHolder, offered, async () => browseFile(titleText(title)));
}

/** A pairs file: those of the workspace, the ones beside the images first, or any file. */
export async function pickPairs(
  title: string | StepTitle,
  imagesDir: string,
  active?: string,
): Promise<string | undefined> {
  const found = await vscode.workspace.findFiles('**/*pairs*.txt', '**/{node_modules,.facenet}/**', 50);
  const near = (path: string): number => (dirname(path) === dirname(imagesDir) || dirname(path) === imagesDir ? 0 : 1);
  const paths = found.map((uri) => uri.fsPath).sort((a, b) => near(a) - near(b) || (a < b ? -1 : 1));
  const choices = [
    ...paths.map((path) => ({ label: nameInChoice(basename(path)), description: placeOf(path).join(), value: path })),
    { label: `${browseIcon} ${vscode.l10n.t('Choose a pairs file…')}`, alwaysShow: true, value: 'browse' as const },
  ];
  const filters = { [vscode.l10n.t('Pairs file')]: ['txt'] };
  const browse = async (): Promise<string | undefined> => browseFile(titleText(title), filters);
  return choose<string>(title, vscode.l10n.t('File of the pairs to compare'), choices, browse, active);
}

/** One of a few named ways. */
export async function pickOne<T>(
  title: string,
  placeHolder: string,
  choices: (vscode.QuickPickItem & { value: T })[],
): Promise<T | undefined> {
  const options = { title, placeHolder, matchOnDetail: true, ignoreFocusOut: true };
  return (await vscode.window.showQuickPick(choices.map(shownChoice), options))?.value;
}
