import * as vscode from 'vscode';
import { openModel } from '../../src/checkpoint/model';
import { pickOne, browseFile, browseFolder } from '../inputs/pickers';
import { pathOf } from '../inputs/targets';
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
  const what = [model.network ?? 'unknown network', model.embeddingSize && `${model.embeddingSize} dimensions`];
  notices.information(
    `${model.name} is now in the Checkpoints view (${what.filter(Boolean).join(', ')}, ${model.variables.length} variables).`,
    { title: 'Fine-Tune…', run: () => vscode.commands.executeCommand(commandIds.fineTune, { model: path }) },
    { title: 'Validate on LFW…', run: () => vscode.commands.executeCommand(commandIds.validateOnLfw, { model: path }) },
  );
  return path;
}

/** Takes a model out of the settings; its files stay as they are. */
export async function removePretrainedModel({ library }: Services, argument?: unknown): Promise<void> {
  const path = pathOf(argument, 'path');
  if (path !== undefined) await library.remove('pretrainedModels', expand(path));
}

async function askForModel(): Promise<string | undefined> {
  const title = 'Add Pretrained Model';
  const what = await pickOne(title, 'What do you have?', [
    {
      label: '$(folder) A folder',
      detail: 'with .index and .data files (and .meta) as unpacked from the download',
      value: 'folder',
    },
    { label: '$(file) A file', detail: 'of a TensorFlow checkpoint, or a frozen graph (.pb)', value: 'file' },
  ]);
  if (what === undefined) return undefined;
  return what === 'folder' ? browseFolder(title, 'Add') : browseFile(title);
}
