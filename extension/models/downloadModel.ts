import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { askFirst } from '../inputs/modal';
import { notificationOptions } from '../jobs/progressNotification';
import { shownNotification } from '../shown';
import { findMtcnn } from '../../src/align/assets';
import { modelsFolder, publishedModels } from '../../src/download/publishedModels';
import { StoppedError, UserError } from '../../src/protocol/errors';
import { commandIds } from '../identifiers';
import { browseFolder, pickOne } from '../inputs/pickers';
import { optionsOf } from '../inputs/targets';
import { failureOf } from '../jobs/commandLine';
import { properNames } from '../properNames';
import type { Services } from '../services';
import { expand, shorten } from '../workspace/library';
import { addPretrainedModel } from './modelCommands';

/** What Download Pretrained Model may be called with; what is missing is asked. */
interface DownloadOptions {
  /** Name of a published model, or `mtcnn`. */
  model: string;
  /** Folder that gets the model's own folder. */
  to: string;
}

const mtcnn = 'mtcnn';
const title = (): string => vscode.l10n.t('Download Pretrained Model');
/** One at a time: two downloads of one model would write into the same file. */
let downloading = false;

/**
 * Downloads a published model to the machine that the workbench runs on and adds it to the list; MTCNN's weights go to
 * where alignment looks for them. Cancel keeps what is downloaded for the next time. Resolves to the model's folder.
 */
export async function downloadModel(services: Services, argument?: unknown): Promise<string | undefined> {
  if (downloading) {
    throw new UserError(
      vscode.l10n.t('A model is being downloaded already.'),
      vscode.l10n.t('Wait for it, or cancel it in its notification.'),
    );
  }
  downloading = true;
  try {
    const given = optionsOf<DownloadOptions>(argument);
    const name = given.model ?? (await askForModel());
    if (name === undefined) return undefined;
    if (name === mtcnn) return await downloadWeights(services);
    const to = given.to ?? (given.model === undefined ? await askForFolder() : modelsFolder());
    if (to === undefined) return undefined;
    const folder = expand(to);
    const path = join(folder, name);
    const way = existsSync(path) ? await askAboutExisting(path) : 'download';
    if (way === undefined) return undefined;
    if (way !== 'add') await run(services, [name, '--to', folder, ...(way === 'replace' ? ['--force'] : [])]);
    return await addPretrainedModel(services, { path });
  } finally {
    downloading = false;
  }
}

async function askForModel(): Promise<string | undefined> {
  const models = publishedModels.map(({ name, trainedOn }) => ({
    label: name,
    description: trainedOn,
    detail: vscode.l10n.t('Inception-ResNet-v1 as published with facenet, trained on {0}', trainedOn),
    value: name,
  }));
  return pickOne(title(), vscode.l10n.t('Model to download to the machine that trains'), [
    ...models,
    {
      label: mtcnn,
      description: properNames.mtcnnFiles,
      detail: vscode.l10n.t('Weights of MTCNN, which finds faces as the reference does (2 MB)'),
      value: mtcnn,
    },
  ]);
}

async function askForFolder(): Promise<string | undefined> {
  const place = vscode.l10n.t('Folder for the model');
  const choice = await pickOne(title(), place, [
    { label: shorten(modelsFolder()), description: vscode.l10n.t('for all workspaces'), value: modelsFolder() },
    { label: `$(folder-opened) ${vscode.l10n.t('Choose a folder…')}`, value: 'browse' },
  ]);
  return choice === 'browse' ? browseFolder(place, vscode.l10n.t('Choose')) : choice;
}

async function askAboutExisting(path: string): Promise<'add' | 'replace' | undefined> {
  const add = vscode.l10n.t('Add to List');
  const replace = vscode.l10n.t('Replace Its Files');
  const detail = vscode.l10n.t('Its files can be downloaded again; others in the folder stay as they are.');
  const question = vscode.l10n.t('{0} is there already.', path);
  const answer = await askFirst(question, [detail], add, replace);
  if (answer === undefined) return undefined;
  return answer === add ? 'add' : 'replace';
}

async function downloadWeights(services: Services): Promise<string | undefined> {
  const there = findMtcnn();
  if (there === undefined) await run(services, [mtcnn]);
  const folder = there ?? findMtcnn();
  if (folder === undefined) return undefined;
  services.notices.information(vscode.l10n.t("MTCNN's weights are in {0}.", folder), {
    title: vscode.l10n.t('Align Dataset…'),
    run: () => vscode.commands.executeCommand(commandIds.alignDataset),
  });
  return folder;
}

async function run({ commandLine, log }: Services, args: readonly string[]): Promise<void> {
  const stop = new AbortController();
  const options = notificationOptions(vscode.l10n.t('Downloading {0}', args[0]!));
  const { code, stderr } = await vscode.window.withProgress(options, async (progress, token) => {
    token.onCancellationRequested(() => stop.abort(new StoppedError()));
    const onLine = (line: string): void => {
      log.info(`download: ${line}`);
      if (line.trim() !== '') progress.report({ message: shownNotification(line.trim()) });
    };
    return commandLine.run(['download', ...args], { signal: stop.signal, onLine }).catch((error: unknown) => {
      if (!(error instanceof StoppedError)) throw error;
      throw new StoppedError(
        vscode.l10n.t('Stopped; what is downloaded is kept, and the next download goes on from there.'),
      );
    });
  });
  if (code !== 0) throw failureOf('download', code, stderr);
}
