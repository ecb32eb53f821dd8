import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../protocol/errors';

/** One class of a dataset: a folder of images. */
export interface Person {
  readonly name: string;
  /** Absolute paths in ascending order of their names. */
  readonly images: readonly string[];
}

/** `<root>/<person>/<image>`; a person's label is the index in `people`. */
export interface Dataset {
  readonly root: string;
  /** Ascending by code point, as the reference sorts them (spec §1.1). */
  readonly people: readonly Person[];
  /** Entries that were left out by their names: hidden files and what systems drop into folders (spec §9 items 1, 2). */
  readonly ignored: readonly string[];
}

/** One image with the label of its person. */
export interface Sample {
  readonly path: string;
  readonly label: number;
}

const systemFiles = new Set(['thumbs.db', 'desktop.ini', 'icon\r']);

function isSystemEntry(name: string): boolean {
  return name.startsWith('.') || systemFiles.has(name.toLowerCase());
}

/** Ascending by code point (UTF-8 byte order), not by locale: labels must not depend on the machine. */
export function byCodePoint(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/**
 * Lists the people and images below `root` by name alone; no file is opened. Deviation from the reference: file names are
 * sorted, hidden entries, system files and sub-folders are not images, so that splits repeat on every machine.
 * @throws UserError where `root` is missing, is a file, or holds no folder.
 */
export async function scanDataset(root: string): Promise<Dataset> {
  const ignored: string[] = [];
  const people: Person[] = [];
  for (const name of await namesOfPeople(root, ignored)) people.push(await scanPerson(join(root, name), name, ignored));
  return { root, people, ignored };
}

/**
 * Names of the people below `root`, ascending by code point. Reads that one folder, so it costs the same for ten
 * images a person and for ten thousand.
 * @param signal gives the listing up: what is left to be looked at is not.
 * @throws UserError as scanDataset does; the reason of `signal` when it is aborted.
 */
export async function listPeople(root: string, signal?: AbortSignal): Promise<string[]> {
  return namesOfPeople(root, [], signal);
}

/** Folder of a person; `name` is one of `listPeople`. */
export function personFolder(root: string, name: string): string {
  return join(root, name);
}

/** Absolute paths of a person's images, ascending by name. @throws UserError where the folder cannot be read. */
export async function listImages(root: string, name: string): Promise<readonly string[]> {
  return (await scanPerson(personFolder(root, name), name, [])).images;
}

async function namesOfPeople(root: string, ignored: string[], signal?: AbortSignal): Promise<string[]> {
  signal?.throwIfAborted();
  const names: string[] = [];
  for (const entry of await list(root)) {
    signal?.throwIfAborted();
    if (isSystemEntry(entry.name)) ignored.push(join(root, entry.name));
    else if (entry.isDirectory() || (entry.isSymbolicLink() && (await isDirectory(join(root, entry.name))))) {
      names.push(entry.name);
    }
  }
  if (names.length === 0) {
    throw new UserError(
      `${root} holds no folders of people.`,
      'Put the images of each person into a folder of its own: <dataset>/<person>/<image>.',
    );
  }
  return names.sort(byCodePoint);
}

async function list(root: string): Promise<import('node:fs').Dirent[]> {
  try {
    return await readdir(root, { withFileTypes: true });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT') throw new UserError(`There is no folder ${root}.`, 'Check the path.');
    if (code === 'ENOTDIR') {
      throw new UserError(`${root} is a file, not a folder.`, 'Name the folder that holds one folder per person.');
    }
    throw new UserError(`${root} cannot be read (${code ?? String(error)}).`, 'Check its permissions.');
  }
}

async function isDirectory(path: string): Promise<boolean> {
  return stat(path).then(
    (info) => info.isDirectory(),
    () => false,
  );
}

async function scanPerson(folder: string, name: string, ignored: string[]): Promise<Person> {
  const images: string[] = [];
  for (const entry of await list(folder)) {
    const path = join(folder, entry.name);
    if (isSystemEntry(entry.name) || entry.isDirectory()) ignored.push(path);
    else images.push(entry.name);
  }
  return { name, images: images.sort(byCodePoint).map((image) => join(folder, image)) };
}

/** Number of images of all people. */
export function imageCount(dataset: Dataset): number {
  return dataset.people.reduce((sum, person) => sum + person.images.length, 0);
}

/** All images, person by person; labels are positions in `people` (spec §1.3). */
export function flattenDataset(dataset: Pick<Dataset, 'people'>): Sample[] {
  return dataset.people.flatMap((person, label) => person.images.map((path) => ({ path, label })));
}
