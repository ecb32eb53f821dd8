// What can be done with images that are looked at: taken out of their dataset, or given to another person. Nothing is deleted,
// and each can be undone.
import { basename, dirname, join, relative, sep } from 'node:path';
import * as vscode from 'vscode';
import { type MovedImage, moveBack, moveImages } from '../../src/dataset/moveImages';
import { listPeople } from '../../src/dataset/scan';
import { isInside } from '../../src/files/insideFolder';
import { UserError } from '../../src/protocol/errors';
import { counted } from '../counts';
import { commandIds } from '../identifiers';
import { expand, shorten } from '../workspace/library';
import { nameInChoice, shownChoice } from '../shown';
import type { DatasetServices } from './datasetServices';

type Needs = Pick<DatasetServices, 'library' | 'checks' | 'notices'>;

/** What was moved, and how it is moved back. */
export interface ImagesMoved {
  /** Absolute, as they were. */
  files: readonly string[];
  undo: () => Promise<void>;
}

/** Files of one dataset: `<dataset>/<person>/<image>`. */
interface Images {
  dataset: string;
  files: readonly string[];
}

/**
 * Moves images to the same place below `<dataset>_removed`, beside their dataset. Not asked: it can be undone.
 * @param files absolute, of one dataset. @throws UserError where one cannot be moved
 */
export async function excludeImages(needs: Needs, files: readonly string[]): Promise<ImagesMoved | undefined> {
  const images = await datasetOf(needs, files);
  return images === undefined ? undefined : exclude(needs, images);
}

/**
 * Moves images to another person of their dataset, who is asked for.
 * @param files absolute, of one dataset. @throws UserError where one cannot be moved
 */
export async function moveImagesToPerson(
  needs: Needs,
  files: readonly string[],
  person?: string,
): Promise<ImagesMoved | undefined> {
  const images = await datasetOf(needs, files);
  if (images === undefined) return undefined;
  const chosen = person ?? (await askForPerson(images, vscode.l10n.t('Move to Another Person')));
  return typeof chosen === 'string' ? give(needs, images, chosen) : undefined;
}

/**
 * These images show somebody else than their folder says: asks whom, and moves them there; out of the dataset where it is
 * nobody of it.
 * @param files absolute, of one dataset. @throws UserError where one cannot be moved
 */
export async function wrongPerson(needs: Needs, files: readonly string[]): Promise<ImagesMoved | undefined> {
  const images = await datasetOf(needs, files);
  if (images === undefined) return undefined;
  const chosen = await askForPerson(images, vscode.l10n.t('Wrong Person'), {
    label: `$(close) ${vscode.l10n.t('Nobody of this dataset')}`,
    description: vscode.l10n.t('moves to {0}', shorten(removedFolder(images.dataset))),
    value: nobody,
  });
  if (chosen === undefined) return undefined;
  return chosen === nobody ? exclude(needs, images) : give(needs, images, chosen);
}

/** Where images of a dataset go that are taken out of it. */
function removedFolder(dataset: string): string {
  return join(dirname(dataset), `${basename(dataset)}_removed`);
}

async function exclude(needs: Needs, images: Images): Promise<ImagesMoved> {
  const target = removedFolder(images.dataset);
  const folderOf = (file: string): string => join(target, dirname(relative(images.dataset, file)));
  const { files } = images;
  const told =
    files.length === 1
      ? vscode.l10n.t('{0} was taken out of {1}; it lies in {2}.', nameOf(files), nameIn(images), shorten(target))
      : vscode.l10n.t(
          '{0} were taken out of {1}; they lie in {2}.',
          counted.images(files.length),
          nameIn(images),
          shorten(target),
        );
  return move(needs, images, folderOf, told);
}

async function give(needs: Needs, images: Images, person: string): Promise<ImagesMoved> {
  const { files, dataset } = images;
  const folder = join(dataset, person);
  const away = files.filter((file) => dirname(file) !== folder);
  const told =
    away.length === 1
      ? vscode.l10n.t('{0} was moved to {1}.', nameOf(away), person)
      : vscode.l10n.t('{0} were moved to {1}.', counted.images(away.length), person);
  return move(needs, { dataset, files: away }, () => folder, told);
}

async function move(
  { checks, library, notices }: Needs,
  { dataset, files }: Images,
  folderOf: (file: string) => string,
  told: string,
): Promise<ImagesMoved> {
  const moved: MovedImage[] = [];
  const undo = async (): Promise<void> => {
    await moveBack(moved.splice(0));
    library.refresh();
  };
  try {
    await moveImages(files, folderOf, (image) => moved.push(image));
  } finally {
    checks.forget(
      dataset,
      moved.map(({ from }) => from),
    );
    library.refresh();
  }
  const [first] = moved;
  if (first !== undefined) {
    const reveal = async (): Promise<unknown> => vscode.commands.executeCommand(commandIds.reveal, first.to);
    notices.information(
      told,
      { title: vscode.l10n.t('Undo'), run: undo },
      { title: vscode.l10n.t('Reveal'), run: reveal },
    );
  }
  return { files: moved.map(({ from }) => from), undo };
}

/** @throws UserError where they are not the images of people of one dataset */
async function datasetOf({ library }: Needs, paths: readonly string[]): Promise<Images | undefined> {
  const files = [...new Set(paths.map(expand))];
  if (files.length === 0) return undefined;
  const known = (await library.datasets()).map(({ path }) => path);
  const found = files.map(
    // The innermost, as one may lie in another.
    (file) => known.filter((path) => isInside(path, file)).sort((a, b) => b.length - a.length)[0] ?? twoAbove(file),
  );
  const dataset = found[0]!;
  const isImage = (file: string): boolean => relative(dataset, file).split(sep).length === 2;
  if (found.some((path) => path !== dataset) || !files.every(isImage)) {
    throw new UserError(
      vscode.l10n.t('These are not images of people of one dataset.'),
      vscode.l10n.t('Choose images of one dataset.'),
    );
  }
  return { dataset, files };
}

function twoAbove(file: string): string {
  return dirname(dirname(file));
}

const nobody = Symbol('nobody of the dataset');
type Choice = vscode.QuickPickItem & { value: string | typeof nobody };

/** A person of the dataset, also a new one by the name that was typed; undefined when it was left. */
async function askForPerson(
  { dataset, files }: Images,
  title: string,
  ...others: Choice[]
): Promise<string | typeof nobody | undefined> {
  const own = new Set(files.map((file) => basename(dirname(file))));
  // With one person alone it is not theirs; several may be put together under one of them.
  const people = (await listPeople(dataset)).filter((name) => own.size > 1 || !own.has(name));
  const choices: Choice[] = people.map((name) => ({ label: nameInChoice(name.replaceAll('_', ' ')), value: name }));
  const input = vscode.window.createQuickPick<Choice>();
  Object.assign(input, { title, placeholder: vscode.l10n.t('Who is it? Type a new name for somebody new') });
  const offer = (typed: string): void => {
    const name = folderName(typed);
    const isNew = name !== '' && !people.some((known) => known.toLowerCase() === name.toLowerCase());
    const fresh: Choice[] = isNew
      ? [
          {
            label: `$(add) ${nameInChoice(typed.trim())}`,
            description: vscode.l10n.t('new person'),
            alwaysShow: true,
            value: name,
          },
        ]
      : [];
    input.items = [...choices, ...others, ...fresh].map(shownChoice);
  };
  offer('');
  const heard = [input, input.onDidChangeValue(offer)];
  try {
    return await new Promise((resolve) => {
      heard.push(
        input.onDidAccept(() => {
          // Enter may come before the row of a new name does.
          const chosen = input.selectedItems[0]?.value ?? folderName(input.value);
          if (chosen !== '') resolve(chosen);
        }),
        input.onDidHide(() => resolve(undefined)),
      );
      input.show();
    });
  } finally {
    for (const thing of heard) thing.dispose();
  }
}

/** The folder of a new person: one name, without what would lead elsewhere or hide it. */
function folderName(typed: string): string {
  return typed
    .trim()
    .replace(/[\\/:*?"<>|\p{Cc}]/gu, '')
    .replace(/^\.+/, '')
    .replace(/\s+/g, '_');
}

function nameOf([file]: readonly string[]): string {
  return basename(file!);
}

function nameIn({ dataset }: Images): string {
  return basename(dataset);
}
