// HDF5 files, read and written by the HDF5 library compiled to WebAssembly; it is loaded at the first use.
import { stat, type FileHandle } from 'node:fs/promises';
import { UserError } from '../protocol/errors';
import { writeAside } from './atomicFile';

/** Values of one dataset in row-major order; whole numbers of 64 bits are given as doubles. */
export interface Hdf5Dataset {
  shape: readonly number[];
  values: ArrayLike<number> | readonly string[];
}

/** A float32 dataset to write. */
export interface Float32Dataset {
  shape: readonly number[];
  data: Float32Array;
}

async function library(): Promise<typeof import('h5wasm/node')> {
  const hdf5 = await import('h5wasm/node');
  // Otherwise the library prints its own error stack.
  (await hdf5.ready).activate_throwing_error_handler();
  return hdf5;
}

function valuesOf(value: unknown): Hdf5Dataset['values'] | undefined {
  if (value instanceof BigInt64Array || value instanceof BigUint64Array) return Float64Array.from(value, Number);
  if (ArrayBuffer.isView(value)) return value as unknown as Float64Array;
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value;
  return undefined;
}

/**
 * Reads the datasets of a file that have one of these names and hold numbers or strings; others are not in the result.
 * @throws UserError for a file that is missing, is not HDF5 or is damaged
 */
export async function readHdf5(path: string, names: readonly string[]): Promise<Map<string, Hdf5Dataset>> {
  const info = await stat(path).catch(() => undefined);
  if (info?.isFile() !== true) throw new UserError(`There is no file ${path}.`, 'Check the path.');
  const hdf5 = await library();
  const found = new Map<string, Hdf5Dataset>();
  let file: InstanceType<typeof hdf5.File> | undefined;
  try {
    file = new hdf5.File(path, 'r');
    for (const name of names) {
      const entity = file.get(name);
      if (!(entity instanceof hdf5.Dataset)) continue;
      const values = valuesOf(entity.value);
      if (values !== undefined) found.set(name, { shape: entity.shape ?? [], values });
    }
  } catch (cause) {
    throw new UserError(`${path} is not an HDF5 file, or it is damaged.`, 'Make it again.', { cause });
  } finally {
    file?.close();
  }
  return found;
}

/**
 * Writes float32 datasets aside and renames the file over `path`.
 * @throws the system's error where the disk is full or cannot be written
 */
export async function writeHdf5(path: string, datasets: Readonly<Record<string, Float32Dataset>>): Promise<void> {
  const hdf5 = await library();
  const bytes = Object.values(datasets).reduce((sum, { data }) => sum + data.byteLength, 0);
  const aside = await writeAside(path, async (handle, temporary) => {
    let failure: unknown;
    try {
      const file = new hdf5.File(temporary, 'w');
      try {
        for (const [name, { shape, data }] of Object.entries(datasets)) {
          file.create_dataset({ name, data, shape: [...shape], dtype: '<f' });
        }
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
