import type { Dirent } from 'node:fs';
import { opendir, stat } from 'node:fs/promises';
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
  const shorter = Math.min(a.length, b.length);
  for (let index = 0; index < shorter; index++) {
    const [x, y] = [a.charCodeAt(index), b.charCodeAt(index)];
    if (x === y) continue;
    // Halves of pairs stand for code points above all others, but their units lie below U+E000.
    const [pairX, pairY] = [isHalf(x), isHalf(y)];
    if (pairX === pairY) return x - y;
    return pairX ? 1 : -1;
  }
  return a.length - b.length;
}

function isHalf(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdfff;
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

/**
 * Absolute paths of a person's images, ascending by name.
 * @param signal gives the listing up, also in the middle of a folder.
 * @throws UserError where the folder cannot be read; the reason of `signal` when it is aborted.
 */
export async function listImages(root: string, name: string, signal?: AbortSignal): Promise<readonly string[]> {
  return (await scanPerson(personFolder(root, name), name, [], signal)).images;
}

/** Number of a person's images, without their names being kept. @throws as listImages does */
export async function countImages(root: string, name: string, signal?: AbortSignal): Promise<number> {
  let count = 0;
  for await (const entry of entriesOf(personFolder(root, name), signal)) if (isImageEntry(entry)) count++;
  return count;
}

async function namesOfPeople(root: string, ignored: string[], signal?: AbortSignal): Promise<string[]> {
  const names: string[] = [];
  for await (const entry of entriesOf(root, signal)) {
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

/** Entries that are read from a folder at a time; a listing can be given up between two of these reads. */
const entriesPerRead = 512;

/** Entries of a folder as they come, so that one with a million of them can be given up. @throws UserError */
async function* entriesOf(folder: string, signal: AbortSignal | undefined): AsyncGenerator<Dirent> {
  signal?.throwIfAborted();
  try {
    // Closed by the loop, however it is left.
    for await (const entry of await opendir(folder, { bufferSize: entriesPerRead })) {
      signal?.throwIfAborted();
      yield entry;
    }
  } catch (error) {
    signal?.throwIfAborted();
    throw unreadable(folder, (error as NodeJS.ErrnoException).code ?? String(error));
  }
}

function unreadable(folder: string, code: string): UserError {
  if (code === 'ENOENT') return new UserError(`There is no folder ${folder}.`, 'Check the path.');
  if (code === 'ENOTDIR') {
    return new UserError(`${folder} is a file, not a folder.`, 'Name the folder that holds one folder per person.');
  }
  return new UserError(`${folder} cannot be read (${code}).`, 'Check its permissions.');
}

async function isDirectory(path: string): Promise<boolean> {
  return stat(path).then(
    (info) => info.isDirectory(),
    () => false,
  );
}

function isImageEntry(entry: Dirent): boolean {
  return !isSystemEntry(entry.name) && !entry.isDirectory();
}

async function scanPerson(folder: string, name: string, ignored: string[], signal?: AbortSignal): Promise<Person> {
  const images: string[] = [];
  for await (const entry of entriesOf(folder, signal)) {
    if (isImageEntry(entry)) images.push(entry.name);
    else ignored.push(join(folder, entry.name));
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
