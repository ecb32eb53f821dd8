// The questions that commands ask. Each resolves to undefined when the user leaves it with Escape.
import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { readAlignmentRecord } from '../../src/align/alignmentRecord';
import { looksLikeSet } from '../../src/recognize/setFile';
import type { RunStore } from '../jobs/runStore';
import { nameInChoice, shownChoice } from '../shown';
import { type StepTitle, pickInStep, titleText } from './steps';
import { type Library, placeOf, workspaceRoot } from '../workspace/library';
import { checkpointsOfRun } from '../workspace/runCheckpoints';

/** A dialog for what is not among the choices; undefined where it was left. */
type Browse = () => Promise<string | undefined>;

type Choice<T> = vscode.QuickPickItem & { value: T | Browse };

const browseIcon = '$(folder-opened)';

/** One of the choices, or what the dialog of one finds; after a dialog that was left the question is asked again. */
async function choose<T extends string | null>(
  title: string | StepTitle,
  placeHolder: string,
  choices: Choice<T>[],
  active?: T,
): Promise<T | string | undefined> {
  for (;;) {
    const options = { placeHolder, matchOnDescription: true, ignoreFocusOut: true };
    const choice =
      typeof title === 'string'
        ? (await vscode.window.showQuickPick(choices.map(shownChoice), { ...options, title }))?.value
        : await pickInStep<T | Browse>(title, placeHolder, choices, active);
    if (typeof choice !== 'function') return choice;
    const found = await choice();
    if (found !== undefined) return found;
  }
}

function browseChoice(label: string, value: Browse): vscode.QuickPickItem & { value: Browse } {
  return { label: `${browseIcon} ${label}`, alwaysShow: true, value };
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
 * dataset" and resolves to null; with `sets` verification sets, which are files, are offered too.
 */
export async function pickDataset(
  library: Library,
  title: string | StepTitle,
  placeHolder: string,
  options: { none?: string; first?: 'faces' | 'photographs'; active?: string | null; sets?: boolean } = {},
): Promise<string | null | undefined> {
  const { none, first, active, sets = false } = options;
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
    ...(sets ? (await filesLike('**/*.bin')).filter(looksLikeSet).map(fileChoice) : []),
    browseChoice(vscode.l10n.t('Choose a folder…'), async () =>
      browseFolder(titleText(title), vscode.l10n.t('Choose')),
    ),
    ...(sets
      ? [
          browseChoice(vscode.l10n.t('Choose a verification set (.bin)…'), async () =>
            browseFile(titleText(title), { [vscode.l10n.t('Verification set')]: ['bin'] }),
          ),
        ]
      : []),
  ];
  return choose<string | null>(title, placeHolder, choices, active);
}

async function filesLike(pattern: string): Promise<string[]> {
  const found = await vscode.workspace.findFiles(pattern, '**/{node_modules,.facenet}/**', 50);
  return found.map((uri) => uri.fsPath);
}

function fileChoice(path: string): vscode.QuickPickItem & { value: string } {
  return { label: nameInChoice(basename(path)), description: placeOf(path).join(), value: path };
}

/** Whether the folder was written by an alignment. */
export function isAligned(folder: string): boolean {
  return existsSync(join(folder, 'alignment.json'));
}

/**
 * The starter, a known model, a checkpoint of a run, or any file of a checkpoint.
 * @param except a model that is not offered, such as the one that another is held against
 * @param faces that were cut out by their boxes, as the published models want them: known models then come before the starter
 */
export async function pickModel(
  library: Library,
  runs: RunStore,
  title: string | StepTitle,
  placeHolder: string,
  { except, faces }: { except?: string | undefined; faces?: string | undefined } = {},
): Promise<string | undefined> {
  const cut = faces === undefined ? undefined : await readAlignmentRecord(faces).catch(() => undefined);
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
  const starter = {
    label: vscode.l10n.t('Starter (dlib ResNet)'),
    description: vscode.l10n.t('built in, 128 dimensions, landmark chips'),
    value: 'starter',
  };
  const known = models.map(({ path }) => ({
    label: nameInChoice(basename(path)),
    description: placeOf(path).join(),
    value: path,
  }));
  const choices = [
    ...(cut?.alignment === 'box' ? [...known, starter] : [starter, ...known]),
    ...checkpoints.flat(),
    browseChoice(vscode.l10n.t('Choose a file of a checkpoint…'), async () => browseFile(titleText(title))),
  ];
  const offered = choices.filter(({ value }) => value !== except);
  return choose<string>(title, placeHolder, offered);
}

/** A pairs file: those of the workspace, the ones beside the images first, or any file. */
export async function pickPairs(
  title: string | StepTitle,
  imagesDir: string,
  active?: string,
): Promise<string | undefined> {
  const near = (path: string): number => (dirname(path) === dirname(imagesDir) || dirname(path) === imagesDir ? 0 : 1);
  const paths = (await filesLike('**/*pairs*.txt')).sort((a, b) => near(a) - near(b) || (a < b ? -1 : 1));
  const choices = [
    ...paths.map(fileChoice),
    browseChoice(vscode.l10n.t('Choose a pairs file…'), async () =>
      browseFile(titleText(title), { [vscode.l10n.t('Pairs file')]: ['txt'] }),
    ),
  ];
  return choose<string>(title, vscode.l10n.t('File of the pairs to compare'), choices, active);
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
