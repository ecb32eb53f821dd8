// HDF5 files, read and written by the HDF5 library compiled to WebAssembly; it is loaded at the first use.
import type { FileHandle } from 'node:fs/promises';
import { writeAside } from './atomicFile';
import type { Hdf5Dataset } from './hdf5Messages';
import { Hdf5Thread } from './hdf5Thread';

/** A float32 dataset to write. */
export interface Float32Dataset {
  shape: readonly number[];
  data: Float32Array;
  /** By gzip, which every HDF5 library reads. Default false. */
  compressed?: boolean;
}

/** A dataset to write: numbers of 32 or 64 bits, or texts. */
export type WrittenDataset =
  Float32Dataset | { shape: readonly number[]; data: Float64Array | Int32Array } | { data: readonly string[] };

function isCompressed(dataset: WrittenDataset): boolean {
  return 'compressed' in dataset && dataset.compressed === true;
}

function typeOf(data: WrittenDataset['data']): string {
  if (data instanceof Float32Array) return '<f';
  if (data instanceof Float64Array) return '<d';
  return data instanceof Int32Array ? '<i' : 'S';
}

/**
 * Reads the datasets of a file that have one of these names and hold numbers or strings; others are not in the result.
 * @throws UserError for a file that is missing, is not HDF5 or is damaged
 */
export async function readHdf5(path: string, names: readonly string[]): Promise<Map<string, Hdf5Dataset>> {
  const thread = new Hdf5Thread();
  try {
    return await thread.read(path, names);
  } finally {
    await thread.close();
  }
}

/** Text that stands at a group, `/` at the file itself; each of a list is one element of the attribute. */
export interface TextAttribute {
  at: string;
  name: string;
  text: string | readonly string[];
}

type File = InstanceType<typeof import('h5wasm/node').File>;

/** The groups that the paths of datasets and attributes lie in, each after those around it. */
function groupsOf(paths: readonly string[]): string[] {
  const groups = new Set<string>();
  for (const path of paths) {
    const parts = path.split('/');
    for (let end = 1; end < parts.length; end++) groups.add(parts.slice(0, end).join('/'));
  }
  return [...groups].sort((a, b) => a.length - b.length);
}

function createAttribute(file: File, { at, name, text }: TextAttribute): void {
  const texts = typeof text === 'string' ? [text] : [...text];
  const length = Math.max(1, ...texts.map((one) => Buffer.byteLength(one)));
  const shape = typeof text === 'string' ? [] : [texts.length];
  const group = at === '/' ? file : (file.get(at) as File);
  group.create_attribute(name, texts, shape, `A${length}`);
}

/**
/**
 * Writes datasets, and texts that stand at groups, aside and renames the file over `path`. A name with slashes lies in groups.
 * @throws the system's error where the disk is full or cannot be written
 */
export async function writeHdf5(
  path: string,
  datasets: Readonly<Record<string, WrittenDataset>>,
  attributes: readonly TextAttribute[] = [],
): Promise<void> {
  const hdf5 = await import('h5wasm/node');
  // Otherwise the library prints its own error stack.
  (await hdf5.ready).activate_throwing_error_handler();
  const bytes = Object.values(datasets).reduce(
    (sum, dataset) => sum + (isCompressed(dataset) || !('byteLength' in dataset.data) ? 0 : dataset.data.byteLength),
    0,
  );
  const aside = await writeAside(path, async (handle, temporary) => {
    let failure: unknown;
    try {
      const file = new hdf5.File(temporary, 'w');
      try {
        for (const group of groupsOf(Object.keys(datasets))) file.create_group(group);
        for (const [name, dataset] of Object.entries(datasets)) {
          const { data } = dataset;
          const shape = 'shape' in dataset ? [...dataset.shape] : [data.length];
          const gzip = isCompressed(dataset) ? { chunks: [...shape], compression: 'gzip' as const } : {};
          // The library changes no array that it is given.
          file.create_dataset({ name, data: data as Float32Array | string[], shape, dtype: typeOf(data), ...gzip });
        }
        for (const attribute of attributes) createAttribute(file, attribute);
      } finally {
        file.close();
      }
    } catch (error) {
      failure = error;
    }
    if (failure !== undefined || (await handle.stat()).size < bytes) throw await whyNotWritten(handle, bytes, failure);
  });
  try {
    await aside.commit();
  } catch (error) {
    await aside.discard().catch(() => undefined);
    throw error;
  }
}

/** The library says a page about its own stack and nothing of the disk: what the system says to as many bytes is the reason. */
async function whyNotWritten(handle: FileHandle, bytes: number, cause: unknown): Promise<unknown> {
  try {
    await handle.writeFile(new Uint8Array(bytes));
    await handle.sync();
  } catch (error) {
    return error;
  }
  return new Error('The HDF5 library could not write the file.', { cause });
}
