import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import * as vscode from 'vscode';
import { type ExportFormat, exportExtensions, exportFormats } from '../../src/protocol/exportFormat';
import { formatNames, formatPurpose } from '../../src/words/exportWords';
import { shownModel } from '../../src/evaluate/reportNames';
import { commandIds } from '../identifiers';
import { browseFolder, pickModel } from '../inputs/pickers';
import { optionsOf, pathOf } from '../inputs/targets';
import { failureOf } from '../jobs/commandLine';
import { shownChoice } from '../shown';
import type { Services } from '../services';
import { expand, workspaceRoot } from '../workspace/library';

/**
 * Writes a model in a format of other programs, which load it without us, with its card beside it. Resolves to the file, of
 * TensorFlow.js the folder, or undefined when the user changed his mind.
 */
export async function exportModel(services: Services, argument?: unknown): Promise<string | undefined> {
  const { commandLine, library, notices, runs } = services;
  const title = vscode.l10n.t('Export Model');
  const { target, format: given } = optionsOf<{ target: string; format: ExportFormat }>(argument);
  const model =
    pathOf(argument, 'model', 'prefix', 'path') ??
    (await pickModel(library, runs, title, vscode.l10n.t('Model to export')));
  if (model === undefined) return undefined;
  const path = model === 'starter' ? model : expand(model);
  const format = given ?? (await askForFormat(title));
  if (format === undefined) return undefined;
  const file = target ?? (await askForTarget(title, format, shownModel({ path, name: basename(path) })));
  if (file === undefined) return undefined;
  const { code, stderr } = await commandLine.run([
    'export',
    path,
    file,
    '--format',
    format,
    ...replacing(format, file),
  ]);
  if (code !== 0) throw failureOf('export', code, stderr);
  notices.information(vscode.l10n.t('The model is in {0}.', file), {
    title: vscode.l10n.t('Reveal'),
    run: () => vscode.commands.executeCommand(commandIds.reveal, file),
  });
  return file;
}

/** The dialog has asked about a file that is there; about what stands in a folder, or a card without its model, nobody has. */
function replacing(format: ExportFormat, file: string): string[] {
  return format !== 'tfjs' && existsSync(file) ? ['--force'] : [];
}

async function askForFormat(title: string): Promise<ExportFormat | undefined> {
  const choices = exportFormats.map((format) => ({
    label: formatNames[format],
    detail: `${formatPurpose(format)}.`,
    format,
  }));
  const placeHolder = vscode.l10n.t('What is the model to be read by?');
  const chosen = await vscode.window.showQuickPick(choices.map(shownChoice), { title, placeHolder });
  return chosen?.format;
}

async function askForTarget(title: string, format: ExportFormat, name: string): Promise<string | undefined> {
  if (format === 'tfjs') {
    const parent = await browseFolder(title, vscode.l10n.t('Make the Folder Here'));
    return parent === undefined ? undefined : join(parent, `${name}-tfjs`);
  }
  const root = workspaceRoot();
  const extension = exportExtensions[format];
  const uri = await vscode.window.showSaveDialog({
    title,
    filters: { [formatNames[format]]: [extension.slice(1)] },
    ...(root !== undefined && { defaultUri: vscode.Uri.file(join(root, `${name}${extension}`)) }),
  });
  return uri?.fsPath;
}
