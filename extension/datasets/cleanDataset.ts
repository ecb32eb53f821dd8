import { existsSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import * as vscode from 'vscode';
import { shownName } from '../../src/protocol/shownText';
import { askFirst } from '../inputs/modal';
import { isInside } from '../../src/files/insideFolder';
import { cleanableFiles, moveFiles } from '../../src/dataset/clean';
import { UserError } from '../../src/protocol/errors';
import { pickDataset, pickOne } from '../inputs/pickers';
import { optionsOf, pathOf } from '../inputs/targets';
import { counted, grouped } from '../counts';
import { commandIds } from '../identifiers';
import { expand, shorten } from '../workspace/library';
import { moveToTrash, trashedInWords } from '../workspace/trash';
import { checkWithProgress } from './datasetCommands';
import type { DatasetServices } from './datasetServices';

type Action = 'move' | 'trash';

interface CleanOptions {
  /** What is done without asking again: who calls with it has asked. */
  action: Action;
  /** Where `move` moves to; default: beside the dataset. */
  to: string;
  /** Also the second and later copies of an image. */
  duplicates: boolean;
}

/**
 * Takes files out of a dataset that cannot be used: shows them, asks, then moves them beside the dataset or to the
 * trash. A row of one image takes that image only. Resolves to the files that are gone from the dataset.
 */
export async function cleanDataset(services: DatasetServices, argument?: unknown): Promise<string[] | undefined> {
  const { checks, library, notices } = services;
  const image = imageOf(argument);
  const title = vscode.l10n.t('Clean Dataset');
  const typed =
    image?.dataset ??
    pathOf(argument, 'path', 'dataset') ??
    (await pickDataset(library, title, vscode.l10n.t('Dataset to clean')));
  if (typed === undefined || typed === null) return undefined;
  const dataset = expand(typed);
  const options = optionsOf<CleanOptions>(argument);
  let files = image === undefined ? undefined : [image.path];
  if (files === undefined) {
    const problems = await checkWithProgress(services, dataset);
    if (problems === undefined) return undefined;
    files = cleanableFiles(problems);
    const copies = cleanableFiles(problems, true);
    if (options.duplicates === true) files = copies;
    else if (copies.length > files.length && options.action === undefined) {
      files = await withOrWithoutCopies(title, files, copies);
      if (files === undefined) return undefined;
    }
  }
  if (files.length === 0) {
    notices.information(vscode.l10n.t('Every file of {0} is an image that can be read.', basename(dataset)));
    return [];
  }
  const target = expand(options.to ?? join(dirname(dataset), `${basename(dataset)}_removed`));
  if (isInside(dataset, target)) {
    throw new UserError(
      vscode.l10n.t('{0} lies inside the dataset itself.', target),
      vscode.l10n.t('Choose a folder beside it.'),
    );
  }
  const action = options.action ?? (await ask(dataset, files, target));
  if (action === undefined) return undefined;
  let place: string | undefined;
  try {
    if (action === 'move') await moveFiles(dataset, files, target);
    else for (const path of files) place = await moveToTrash(path);
  } finally {
    // Some may have stayed where moving failed on the way.
    checks.forget(
      dataset,
      files.filter((path) => !existsSync(path)),
    );
    library.refresh();
  }
  const what = files.length === 1 ? basename(files[0]!) : counted.files(files.length);
  const done = action === 'move' ? movedTo(files, shorten(target)) : trashedInWords(what, place);
  const reveal = {
    title: vscode.l10n.t('Reveal'),
    run: () => vscode.commands.executeCommand(commandIds.reveal, target),
  };
  notices.information(done, ...(action === 'move' ? [reveal] : []));
  return files;
}

function movedTo(files: readonly string[], target: string): string {
  return files.length === 1
    ? vscode.l10n.t('{0} was moved to {1}.', basename(files[0]!), target)
    : vscode.l10n.t('{0} were moved to {1}.', counted.files(files.length), target);
}

/** The image that a tree row stands for. */
function imageOf(argument: unknown): { dataset: string; path: string } | undefined {
  const row = argument as { kind?: unknown; dataset?: unknown; path?: unknown } | undefined;
  if (row?.kind !== 'image' || typeof row.dataset !== 'string' || typeof row.path !== 'string') return undefined;
  return { dataset: row.dataset, path: row.path };
}

async function withOrWithoutCopies(title: string, files: string[], copies: string[]): Promise<string[] | undefined> {
  const duplicates = copies.length - files.length;
  return pickOne(title, vscode.l10n.t('What shall be taken away?'), [
    {
      label:
        files.length === 1
          ? vscode.l10n.t('1 file that is no readable image')
          : vscode.l10n.t('{0} files that are no readable images', grouped(files.length)),
      value: files,
    },
    {
      label:
        duplicates === 1
          ? vscode.l10n.t('These and 1 copy of an image that stays')
          : vscode.l10n.t('These and {0} copies of images that stay', grouped(duplicates)),
      value: copies,
    },
  ]);
}

async function ask(dataset: string, files: readonly string[], target: string): Promise<Action | undefined> {
  const most = 12;
  const listed = files.slice(0, most).map((path) => shownName(relative(dataset, path)));
  if (files.length > most) listed.push(vscode.l10n.t('and {0} more', grouped(files.length - most)));
  const move = vscode.l10n.t('Move');
  const trash = vscode.l10n.t('Move to Trash');
  const answer = await askFirst(
    vscode.l10n.t('Take {0} out of {1}?', counted.files(files.length), basename(dataset)),
    [vscode.l10n.t('Move keeps what is taken out in {0}.', shorten(target)), '', ...listed],
    move,
    trash,
  );
  return answer === move ? 'move' : answer === trash ? 'trash' : undefined;
}
