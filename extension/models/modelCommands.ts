import * as vscode from 'vscode';
import { openModel } from '../../src/checkpoint/model';
import { pickOne, browseFile, browseFolder } from '../inputs/pickers';
import { pathOf } from '../inputs/targets';
import { counted } from '../counts';
import { commandIds } from '../identifiers';
import type { Services } from '../services';
import { expand } from '../workspace/library';

/** Remembers a pretrained model after reading its header; resolves to the path. */
export async function addPretrainedModel(
  { library, notices }: Services,
  argument?: unknown,
): Promise<string | undefined> {
  const typed = pathOf(argument, 'path', 'model') ?? (await askForModel());
  if (typed === undefined) return undefined;
  const path = expand(typed);
  // Only a path that is a model is remembered; what is wrong with another one is said now.
  const model = await openModel(path);
  await library.addModel(path);
  const what = [
    model.network ?? vscode.l10n.t('unknown network'),
    ...(model.embeddingSize ? [counted.dimensions(model.embeddingSize)] : []),
    counted.variables(model.variables.length),
  ];
  notices.information(
    vscode.l10n.t('{0} is now in the Checkpoints view ({1}).', model.name, what.join(', ')),
    {
      title: vscode.l10n.t('Fine-Tune…'),
      run: () => vscode.commands.executeCommand(commandIds.fineTune, { model: path }),
    },
    {
      title: vscode.l10n.t('Validate on LFW…'),
      run: () => vscode.commands.executeCommand(commandIds.validateOnLfw, { model: path }),
    },
  );
  return path;
}

/** Takes a model out of the settings; its files stay as they are. */
export async function removePretrainedModel({ library }: Services, argument?: unknown): Promise<void> {
  const path = pathOf(argument, 'path');
  if (path !== undefined) await library.remove('pretrainedModels', expand(path));
}

async function askForModel(): Promise<string | undefined> {
  const title = vscode.l10n.t('Add Pretrained Model');
  const what = await pickOne(title, vscode.l10n.t('What do you have?'), [
    {
      label: `$(folder) ${vscode.l10n.t('A folder')}`,
      detail: vscode.l10n.t('with .index and .data files (and .meta) as unpacked from the download'),
      value: 'folder',
    },
    {
      label: `$(file) ${vscode.l10n.t('A file')}`,
      detail: vscode.l10n.t('of a TensorFlow checkpoint, or a frozen graph (.pb)'),
      value: 'file',
    },
  ]);
  if (what === undefined) return undefined;
  return what === 'folder' ? browseFolder(title, vscode.l10n.t('Add')) : browseFile(title);
}
