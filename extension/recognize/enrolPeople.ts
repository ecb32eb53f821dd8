import { basename, dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { commandIds } from '../identifiers';
import { pickDataset, pickModel } from '../inputs/pickers';
import { optionsOf, pathOf } from '../inputs/targets';
import { failureOf } from '../jobs/commandLine';
import { withLateProgress } from '../jobs/progressNotification';
import type { Services } from '../services';
import { expand, shorten } from '../workspace/library';
import { galleryEnding } from '../workspace/galleries';

interface EnrolOptions {
  folder: string;
  model: string;
  gallery: string;
}

/**
 * Makes a gallery of the people of a dataset, photographs or faces, with a model that is asked for; nothing is trained.
 * Resolves to its file, or undefined where a question was left.
 */
export async function enrolPeople(services: Services, argument?: unknown): Promise<string | undefined> {
  const { commandLine, library, notices, runs } = services;
  const title = vscode.l10n.t('Enrol People');
  const given = optionsOf<EnrolOptions>(argument);
  const typed =
    given.folder ??
    pathOf(argument, 'path', 'dataset') ??
    (await pickDataset(library, title, vscode.l10n.t('People to enrol, photographs or aligned faces')));
  if (typed === undefined || typed === null) return undefined;
  const folder = expand(typed);
  const chosen =
    given.model ??
    (await pickModel(library, runs, title, vscode.l10n.t('Model whose embeddings are compared'), { faces: folder }));
  if (chosen === undefined) return undefined;
  const model = chosen === 'starter' ? chosen : expand(chosen);
  const file = given.gallery === undefined ? await askForFile(title, folder, model) : expand(given.gallery);
  if (file === undefined) return undefined;
  const said = await withLateProgress(title, async (signal, report) => {
    // The dialog has asked whether an existing file is replaced.
    const replaces = given.gallery === undefined ? ['--force'] : [];
    const command = ['identify', 'enrol', file, model, folder, '--upright', ...replaces];
    const onLine = (line: string): void => {
      if (/^Enrolling \d/.test(line)) report(line);
    };
    const { code, stdout, stderr } = await commandLine.run(command, { signal, onLine });
    if (code !== 0) throw failureOf('identify', code, stderr);
    return stdout.trim();
  });
  library.refresh();
  notices.information(said === '' ? vscode.l10n.t('The gallery is {0}.', shorten(file)) : said, {
    title: vscode.l10n.t('Recognize…'),
    run: () => vscode.commands.executeCommand(commandIds.recognize, { gallery: file, photographs: [] }),
  });
  return file;
}

/** Beside the dataset, named after both. */
async function askForFile(title: string, folder: string, model: string): Promise<string | undefined> {
  const name = `${basename(folder)}-${basename(model).replace(/[^\w.-]+/g, '_')}${galleryEnding}`;
  const uri = await vscode.window.showSaveDialog({
    title,
    filters: { [vscode.l10n.t('Gallery')]: [galleryEnding.slice(1)] },
    defaultUri: vscode.Uri.file(join(dirname(folder), name)),
  });
  return uri?.fsPath;
}
