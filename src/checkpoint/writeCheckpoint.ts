// Writes checkpoints that TensorFlow reads (checkpoint-formats §1.10).
import { dirname } from 'node:path';
import { writeAside } from '../files/atomicFile';
import { makeFolder } from '../files/makeFolder';
import { maskedCrc32c } from '../files/crc32c';
import { encodeBundleIndex, type BundleEntry } from './bundleIndex';
import { littleEndianHost, type DataType } from './dataTypes';
import { compareKeys } from './sortedTable';
import type { WritableTensor } from './tensorInfo';

/** Name of the only data file of a checkpoint. */
function dataFile(prefix: string): string {
  return `${prefix}.data-00000-of-00001`;
}

function typeOf(data: WritableTensor['data']): DataType {
  if (data instanceof Float32Array) return 'float32';
  if (data instanceof Float64Array) return 'float64';
  if (data instanceof Int32Array) return 'int32';
  if (data instanceof BigInt64Array) return 'int64';
  return 'uint8';
}

/**
 * Writes `<prefix>.data-00000-of-00001` and `<prefix>.index`. Both are written aside and flushed; then the data is
 * renamed, then the index, so that an index never stands before its data. The folder is made where it is missing, in one that
 * is there.
 */
export async function writeCheckpoint(prefix: string, tensors: ReadonlyMap<string, WritableTensor>): Promise<void> {
  if (!littleEndianHost) throw new Error('checkpoints can be written on little-endian machines only');
  await makeFolder(dirname(prefix));
  const names = [...tensors.keys()].sort(compareKeys);
  const entries: BundleEntry[] = [];
  const data = await writeAside(dataFile(prefix), async (file) => {
    let offset = 0;
    for (const name of names) {
      const { shape, data: values } = tensors.get(name)!;
      if (shape.reduce((product, size) => product * size, 1) !== values.length) {
        throw new Error(`${name} has ${values.length} values for the shape [${shape.join(', ')}]`);
      }
      const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
      for (let written = 0; written < bytes.length;) {
        written += (await file.write(bytes, written, bytes.length - written)).bytesWritten;
      }
      const crc = maskedCrc32c(bytes);
      entries.push({ name, dtype: typeOf(values), shape: [...shape], shard: 0, offset, size: bytes.length, crc });
      offset += bytes.length;
    }
  });
  try {
    const index = await writeAside(`${prefix}.index`, async (file) => file.writeFile(encodeBundleIndex(entries)));
    try {
      await data.commit();
      await index.commit();
    } catch (error) {
      await index.discard();
      throw error;
    }
  } catch (error) {
    await data.discard();
    throw error;
  }
}
