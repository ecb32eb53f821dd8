// The names of a dataset's people and images, kept between two looks at it, so that the second one lists only folders
// that have changed.
import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve, sep } from 'node:path';
import pMap from 'p-map';
import { z } from 'zod';
import { maskedCrc32c } from '../files/crc32c';
import { makeFolder } from '../files/makeFolder';
import { writeFileAtomic } from '../files/atomicFile';
import { describeError } from '../protocol/errors';
import { PackedNames } from './packedNames';
import { type Dataset, datasetOf, listPerson, type PersonListing, personFolder, readRoot } from './scan';

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

/** What tells whether a folder's entries are those that were listed. */
const stampSchema = z.object({ mtimeMs: z.number(), ctimeMs: z.number(), ino: z.number() });
type Stamp = z.infer<typeof stampSchema>;

const personSchema = z.object({
  name: z.string(),
  images: z.number().int().min(0),
  /** Of the packed names. */
  bytes: z.number().int().min(0),
  ignored: z.array(z.string()),
  stamp: stampSchema,
  /** When the folder was listed, milliseconds since 1970. */
  listedAt: z.number(),
});

const headerSchema = z.object({ version: z.literal(1), root: z.string(), people: z.array(personSchema) });

interface Entry extends PersonListing {
  stamp: Stamp;
  listedAt: number;
}

const magic = Buffer.from('FNINDEX\n', 'latin1');

/**
 * A folder that changed so shortly before it was listed may have changed again without its time telling: file systems
 * count in steps of up to two seconds.
 */
const settledAfterMilliseconds = 2000;

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
 * Makes what a folder of indexes lies in, while its disk is known to be there. Where that is not possible the index cannot
 * be kept, which is said then.
 */
export async function makeIndexHome(folder: string | undefined): Promise<void> {
  if (folder !== undefined) await makeFolder(dirname(folder)).catch(() => undefined);
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
  const known = file === undefined ? undefined : await readIndex(file, resolve(root));
  const notes = known?.fault === undefined ? [] : [`${known.fault} The images of ${root} are listed anew.`];
  let listed = 0;
  let done = 0;
  let told = performance.now();
  const look = async (name: string): Promise<Entry> => {
    const folder = personFolder(root, name);
    const stamp = await stampOf(folder);
    const entry = known?.entries.get(name);
    const isKnown = entry !== undefined && isSettled(entry) && isSame(entry.stamp, stamp);
    if (!isKnown) listed++;
    const listedAt = Date.now();
    const now = isKnown ? entry : { ...(await listPerson(root, name, signal)), stamp, listedAt };
    signal?.throwIfAborted();
    done++;
    if (performance.now() - told >= progressEveryMilliseconds) {
      told = performance.now();
      onProgress?.(done, names.length);
    }
    return now;
  };
  const entries = await pMap(names, look, { concurrency: foldersAtOnce });
  if (file !== undefined && (listed > 0 || known?.entries.size !== names.length)) {
    const isNew = known === undefined || known.entries.size === 0;
    if (!isNew) notes.push(`${listed} of ${names.length} folders in ${root} were listed again, as they have changed.`);
    await writeIndex(file, resolve(root), names, entries).catch((error: unknown) => {
      notes.push(`The index of ${root} cannot be kept in ${dirname(file)} (${describeError(error)}).`);
    });
  }
  return { dataset: datasetOf(root, names, entries, ignored), notes };
}

/** A folder that cannot be looked at has a stamp that never settles; listing it says why. */
async function stampOf(folder: string): Promise<Stamp> {
  const never = Number.MAX_SAFE_INTEGER;
  const { mtimeMs, ctimeMs, ino } = await stat(folder).catch(() => ({ mtimeMs: never, ctimeMs: never, ino: 0 }));
  return { mtimeMs, ctimeMs, ino };
}

function isSame(a: Stamp, b: Stamp): boolean {
  return a.mtimeMs === b.mtimeMs && a.ctimeMs === b.ctimeMs && a.ino === b.ino;
}

function isSettled({ stamp, listedAt }: Entry): boolean {
  return Math.max(stamp.mtimeMs, stamp.ctimeMs) < listedAt - settledAfterMilliseconds;
}

async function writeIndex(file: string, root: string, names: readonly string[], entries: readonly Entry[]) {
  const people = entries.map(({ images, ignored, stamp, listedAt }, person): z.infer<typeof personSchema> => ({
    ...{ name: names[person]!, images: images.length, bytes: images.bytes.length },
    ...{ ignored: [...ignored], stamp, listedAt },
  }));
  const header = Buffer.from(JSON.stringify({ version: 1, root, people } satisfies z.infer<typeof headerSchema>));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(header.length);
  const parts = [magic, length, header, ...entries.map(({ images }) => images.bytes)];
  const sum = Buffer.alloc(4);
  sum.writeUInt32LE(maskedCrc32c(...parts));
  await makeFolder(dirname(file));
  await writeFileAtomic(file, Buffer.concat([...parts, sum]));
}

/** What an index knows; nothing where there is none, with a sentence where it cannot be used. */
async function readIndex(file: string, root: string): Promise<{ entries: Map<string, Entry>; fault?: string }> {
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { entries: new Map() };
    return { entries: new Map(), fault: `${file} cannot be read (${describeError(error)}).` };
  }
  try {
    return { entries: parseIndex(bytes, root) };
  } catch {
    return { entries: new Map(), fault: `${file} is damaged or of another version.` };
  }
}

/** @throws where the bytes are no index of this root and version */
function parseIndex(bytes: Buffer, root: string): Map<string, Entry> {
  const end = bytes.length - 4;
  const begin = magic.length + 4;
  if (end < begin || !bytes.subarray(0, magic.length).equals(magic)) throw new RangeError('no index');
  if (bytes.readUInt32LE(end) !== maskedCrc32c(bytes.subarray(0, end))) throw new RangeError('a sum that differs');
  let position = begin + bytes.readUInt32LE(magic.length);
  const header = headerSchema.parse(JSON.parse(bytes.toString('utf8', begin, position)));
  if (header.root !== root) throw new RangeError('another dataset');
  const entries = new Map<string, Entry>();
  for (const { name, images, bytes: size, ignored, stamp, listedAt } of header.people) {
    const names = PackedNames.unpack(images, bytes.subarray(position, (position += size)));
    entries.set(name, { images: names, ignored, stamp, listedAt });
  }
  return entries;
}
