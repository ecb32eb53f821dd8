import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { writeFileAtomic } from '../../src/files/atomicFile';
import { fileNameOf } from '../../src/files/freeName';
import { type SlurmTraining, slurmScript } from '../../src/train/settings/slurmScript';
import { askFirst } from '../inputs/modal';

/**
 * Writes a training as a script for Slurm and opens it. Asks where unless that is given; a file that is there is replaced only where
 * the user says so.
 * @returns its path; undefined where nothing was written
 */
export async function saveSlurmScript(training: SlurmTraining, given?: string): Promise<string | undefined> {
  const path = given === undefined ? await askForScript(training) : await mayWrite(given);
  if (path === undefined) return undefined;
  await writeFileAtomic(path, slurmScript(training));
  await vscode.window.showTextDocument(vscode.Uri.file(path), { preview: false });
  return path;
}

/** The dialog asks by itself before a file is replaced. */
async function askForScript({ title, root }: SlurmTraining): Promise<string | undefined> {
  const uri = await vscode.window.showSaveDialog({
    title: vscode.l10n.t('Save as Slurm Script'),
    filters: { [vscode.l10n.t('Slurm script')]: ['sbatch'] },
    defaultUri: vscode.Uri.file(join(root, `${fileNameOf(title)}.sbatch`)),
  });
  return uri?.fsPath;
}

async function mayWrite(path: string): Promise<string | undefined> {
  if ((await stat(path).catch(() => undefined)) === undefined) return path;
  const yes = vscode.l10n.t('Replace');
  const answer = await askFirst(vscode.l10n.t('{0} exists already. Replace it?', path), [], yes);
  return answer === yes ? path : undefined;
}
