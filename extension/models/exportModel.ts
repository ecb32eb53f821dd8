import { basename, join } from 'node:path';
import * as vscode from 'vscode';
import { shownModel } from '../../src/evaluate/reportNames';
import { commandIds } from '../identifiers';
import { pickModel } from '../inputs/pickers';
import { optionsOf, pathOf } from '../inputs/targets';
import { failureOf } from '../jobs/commandLine';
import type { Services } from '../services';
import { expand, workspaceRoot } from '../workspace/library';

/**
 * Writes a model with its weights as one frozen TensorFlow graph, which other programs load without us. Resolves to the
 * file, or undefined when the user changed his mind.
 */
export async function exportModel(services: Services, argument?: unknown): Promise<string | undefined> {
  const { commandLine, library, notices, runs } = services;
  const title = vscode.l10n.t('Export Model');
  const { target } = optionsOf<{ target: string }>(argument);
  const model =
    pathOf(argument, 'model', 'prefix', 'path') ??
    (await pickModel(library, runs, title, vscode.l10n.t('Model to export')));
  if (model === undefined) return undefined;
  const path = model === 'starter' ? model : expand(model);
  const file = target ?? (await askForFile(title, shownModel({ path, name: basename(path) })));
  if (file === undefined) return undefined;
  // The dialog has asked whether an existing file is replaced.
  const { code, stderr } = await commandLine.run(['freeze', path, file, '--force']);
  if (code !== 0) throw failureOf('freeze', code, stderr);
  notices.information(vscode.l10n.t('The model is in {0}.', file), {
    title: vscode.l10n.t('Reveal'),
    run: () => vscode.commands.executeCommand(commandIds.reveal, file),
  });
  return file;
}

async function askForFile(title: string, name: string): Promise<string | undefined> {
  const root = workspaceRoot();
  const uri = await vscode.window.showSaveDialog({
    title,
    filters: { [vscode.l10n.t('Frozen TensorFlow graph')]: ['pb'] },
    ...(root !== undefined && { defaultUri: vscode.Uri.file(join(root, `${name}.pb`)) }),
  });
  return uri?.fsPath;
}
