// The names of a dataset's people and images, kept between two looks at it, so that the second one lists only folders
// that have changed.
import { createHash } from 'node:crypto';
import { basename, dirname, join, resolve, sep } from 'node:path';
import pMap from 'p-map';
import { makeFolder } from '../files/makeFolder';
import { clearStrayFiles } from '../files/strayFiles';
import { describeError } from '../protocol/errors';
import { stampOf } from './folderStamp';
import type { PackedNames } from './packedNames';
import { type IndexedPerson, SavedIndex, writeIndex } from './savedIndex';
import { type Dataset, datasetOf, listPerson, personFolder, readRoot } from './scan';

export interface OpenOptions {
  /** Folder where indexes are kept, made where it is missing; without it the dataset is listed anew. */
  index?: string | undefined;
  signal?: AbortSignal | undefined;
  /** Called twice a second while folders are looked at. */
  onProgress?: ((people: number, total: number) => void) | undefined;
}

export interface OpenedDataset {
  dataset: Dataset;
  /** What a user may want to know of the index, one sentence each. */
  notes: string[];
}

const foldersAtOnce = 8;
/** What takes no longer is not told of. */
const progressEveryMilliseconds = 500;

/**
 * Folder of the indexes that a run uses: in the `.facenet` in which it lies, for a run elsewhere beside it.
 * @returns undefined as `indexFolderOf`
 */
export function indexFolderOfRun(runFolder: string, root: string): string | undefined {
  const runs = dirname(resolve(runFolder));
  const home = dirname(runs);
  return basename(home) === '.facenet' ? indexFolderOf(home, root) : indexFolderOf(join(runs, '.facenet'), root);
}

/** Folder of the indexes in a workspace's `.facenet`; undefined where it would lie in the dataset. */
export function indexFolderOf(home: string, root: string): string | undefined {
  const [folder, dataset] = [join(resolve(home), 'index'), resolve(root)];
  return folder.startsWith(dataset.endsWith(sep) ? dataset : dataset + sep) ? undefined : folder;
}

/**
 * Makes what a folder of indexes lies in, while its disk is known to be there, and clears away what a process that was killed
 * has left in it. Where that is not possible the index cannot be kept, which is said then.
 */
export async function makeIndexHome(folder: string | undefined): Promise<void> {
  if (folder === undefined) return;
  await makeFolder(dirname(folder)).catch(() => undefined);
  await clearStrayFiles(folder);
}

/** File of what is kept of a dataset in a folder of indexes. */
export function indexFile(folder: string, root: string, extension: string): string {
  const path = resolve(root);
  const key = createHash('sha256').update(path).digest('hex').slice(0, 16);
  return join(folder, `${basename(path).replace(/[^\w-]/g, '_')}-${key}.${extension}`);
}

/**
 * Lists a dataset as `scanDataset` does. With an index, only folders whose times or inode have changed since are listed,
 * and the index is written anew where any has. An image that was overwritten in place is not noticed, as its name is
 * still there: who needs contents looks at the files themselves.
 * @throws as scanDataset does
 */
export async function openDataset(root: string, options: OpenOptions = {}): Promise<OpenedDataset> {
  const { index, signal, onProgress } = options;
  const { names, ignored } = await readRoot(root, signal);
  const file = index === undefined ? undefined : indexFile(index, root, 'index');
  const { saved, savedNames, fault }: Known = file === undefined ? {} : await readIndex(file, resolve(root));
  const notes = fault === undefined ? [] : [`${fault} The images of ${root} are listed anew.`];
  let listed = 0;
  let done = 0;
  let told = performance.now();
  const look = async (name: string): Promise<IndexedPerson> => {
    const stamp = await stampOf(personFolder(root, name));
    const person = saved?.personOf(name);
    let now: IndexedPerson;
    if (saved !== undefined && person !== undefined && saved.isCurrent(person, stamp)) {
      now = { name, images: savedNames!(person), ...saved.about(person) };
    } else {
      listed++;
      const listedAt = Date.now();
      now = { name, ...(await listPerson(root, name, signal)), stamp, listedAt };
    }
    signal?.throwIfAborted();
    done++;
    if (performance.now() - told >= progressEveryMilliseconds) {
      told = performance.now();
      onProgress?.(done, names.length);
    }
    return now;
  };
  const people = await pMap(names, look, { concurrency: foldersAtOnce });
  if (file !== undefined && (listed > 0 || saved?.people !== names.length)) {
    if (saved !== undefined)
      notes.push(`${listed} of ${names.length} folders in ${root} were listed again, as they have changed.`);
    await writeIndex(file, resolve(root), people).catch((error: unknown) => {
      notes.push(`The index of ${root} cannot be kept in ${dirname(file)} (${describeError(error)}).`);
    });
  }
  return { dataset: datasetOf(root, names, people, ignored), notes };
}

/** What an index knows; nothing where there is none, with a sentence where it cannot be used. */
interface Known {
  saved?: SavedIndex;
  savedNames?: (person: number) => PackedNames;
  fault?: string;
}

async function readIndex(file: string, root: string): Promise<Known> {
  try {
    const saved = await SavedIndex.open(file, root);
    try {
      return { saved, savedNames: await saved.allNames() };
    } finally {
      await saved.close();
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    if (error instanceof RangeError) return { fault: `${file} is damaged or of another version.` };
    return { fault: `${file} cannot be read (${describeError(error)}).` };
  }
}
