import type { Dirent } from 'node:fs';
import { opendir, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import pMap from 'p-map';
import { UserError } from '../protocol/errors';
import type { ImageList } from './imageList';
import { PackedNames } from './packedNames';

/** One class of a dataset: a folder of images. */
export interface Person {
  readonly name: string;
  /** Absolute paths in ascending order of their names. */
  readonly images: ImageList;
}

/** `<root>/<person>/<image>`; a person's label is the index in `people`. */
export interface Dataset {
  readonly root: string;
  /** Ascending by code point, as the reference sorts them (spec §1.1). */
  readonly people: readonly Person[];
  /** How many entries were left out by their names: hidden files and what systems drop into folders (spec §9 items 1, 2). */
  readonly ignored: number;
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

/** The images of a folder by their names. */
class FolderImages implements ImageList {
  /** @param base normalised path of the dataset, with the separator at its end; one for all, as their paths take memory */
  constructor(
    private readonly base: string,
    private readonly person: string,
    private readonly names: PackedNames,
  ) {}

  get length(): number {
    return this.names.length;
  }

  at(index: number): string | undefined {
    const name = this.names.at(index);
    return name === undefined ? undefined : this.base + this.person + sep + name;
  }

  *[Symbol.iterator](): Generator<string> {
    const folder = this.base + this.person + sep;
    for (const name of this.names) yield folder + name;
  }
}

/** What the folder of a person holds. */
export interface PersonListing {
  readonly images: PackedNames;
  /** How many entries were left out. */
  readonly ignored: number;
}

/** Folders that are listed at a time. */
const foldersAtOnce = 8;

/**
 * Lists the people and images below `root` by name alone; no file is opened. Deviation from the reference: file names are
 * sorted, hidden entries, system files and sub-folders are not images, so that splits repeat on every machine.
 * @param isWanted tells by the name whose folder is listed; the others are left out of the dataset
 * @throws UserError where `root` is missing, is a file, or holds no folder; the reason of `signal` when it is aborted.
 */
export async function scanDataset(
  root: string,
  signal?: AbortSignal,
  isWanted: (person: string) => boolean = () => true,
): Promise<Dataset> {
  const { names: all, ignored } = await readRoot(root, signal);
  const names = all.filter(isWanted);
  const list = async (name: string): Promise<PersonListing> => listPerson(root, name, signal);
  return datasetOf(root, names, await pMap(names, list, { concurrency: foldersAtOnce }), ignored);
}

/** A dataset of listings, in the order of the names. @param ignored how many entries were left out beside the people */
export function datasetOf(
  root: string,
  names: readonly string[],
  listings: readonly PersonListing[],
  ignored: number,
): Dataset {
  const base = baseOf(root);
  const together = PackedNames.together(listings.map(({ images }) => images));
  const people = names.map((name, index) => ({ name, images: new FolderImages(base, name, together[index]!) }));
  return { root, people, ignored: listings.reduce((sum, listing) => sum + listing.ignored, ignored) };
}

/**
 * Names of the people below `root`, ascending by code point. Reads that one folder, so it costs the same for ten
 * images a person and for ten thousand.
 * @param signal gives the listing up: what is left to be looked at is not.
 * @throws UserError as scanDataset does; the reason of `signal` when it is aborted.
 */
export async function listPeople(root: string, signal?: AbortSignal): Promise<string[]> {
  return (await readRoot(root, signal)).names;
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
  return imagePaths(root, name, (await listPerson(root, name, signal)).images);
}

/** Absolute paths of a person's images by their names. */
export function imagePaths(root: string, person: string, names: PackedNames): readonly string[] {
  return [...new FolderImages(baseOf(root), person, names)];
}

/** What the path of a person's folder begins with. */
function baseOf(root: string): string {
  return personFolder(root, 'x').slice(0, -1);
}

/** Number of a person's images, without their names being kept. @throws as listImages does */
export async function countImages(root: string, name: string, signal?: AbortSignal): Promise<number> {
  let count = 0;
  for await (const entry of entriesOf(personFolder(root, name), signal)) if (isImageEntry(entry)) count++;
  return count;
}

/**
 * Names of the people below `root`, ascending by code point, and how many entries are left out there.
 * @throws as listPeople does
 */
export async function readRoot(root: string, signal?: AbortSignal): Promise<{ names: string[]; ignored: number }> {
  const names: string[] = [];
  let ignored = 0;
  for await (const entry of entriesOf(root, signal)) {
    if (isSystemEntry(entry.name)) ignored++;
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
  return { names: names.sort(byCodePoint), ignored };
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

/** What the folder of a person holds. @throws as listImages does */
export async function listPerson(root: string, name: string, signal?: AbortSignal): Promise<PersonListing> {
  const images: string[] = [];
  let ignored = 0;
  for await (const entry of entriesOf(personFolder(root, name), signal)) {
    if (isImageEntry(entry)) images.push(entry.name);
    else ignored++;
  }
  return { images: PackedNames.pack(images.sort(byCodePoint)), ignored };
}

/** Number of images of all people. */
export function imageCount(dataset: Pick<Dataset, 'people'>): number {
  return dataset.people.reduce((sum, person) => sum + person.images.length, 0);
}
