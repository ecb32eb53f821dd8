// The index of a TensorFlow V2 checkpoint: which tensors there are and where their bytes lie (checkpoint-formats §1.3).
import { Writer } from 'protobufjs/minimal';
import { dataTypeNumber, dataTypeOf, elementBytes, type DataType } from './dataTypes';
import { byteCount, readFields, readInt64, readShape } from './protobuf';
import { compareKeys, encodeTable, readTable } from './sortedTable';

export interface BundleEntry {
  name: string;
  dtype: DataType;
  shape: number[];
  shard: number;
  offset: number;
  size: number;
  /** Masked CRC-32C of the bytes. */
  crc: number;
}

export interface BundleIndex {
  shards: number;
  /** In the order of the file: names bytewise. */
  entries: BundleEntry[];
}

const mostShards = 99_999;

/**
 * Reads the whole index file.
 *
 * @throws Error whose message continues a sentence "… is damaged: " (or "… cannot be read: ").
 */
export function parseBundleIndex(file: Buffer): BundleIndex {
  const [header, ...entries] = readTable(file);
  if (header?.key !== '') throw new Error('it has no header at byte 0');
  const shards = located(file, header.value, () => parseHeader(header.value));
  return {
    shards,
    entries: entries.map(({ key, value }) => located(file, value, () => parseEntry(key, value, shards))),
  };
}

/** What `parse` gives; its errors say where in the file the bytes lie. */
function located<T>(file: Buffer, bytes: Uint8Array, parse: () => T): T {
  try {
    return parse();
  } catch (cause) {
    // The blocks of a compressed index have been unpacked elsewhere.
    const at =
      bytes.buffer === file.buffer ? `at byte ${bytes.byteOffset - file.byteOffset}` : 'in a block that is compressed';
    throw new Error(`${(cause as Error).message} (${at})`, { cause });
  }
}

function parseHeader(bytes: Uint8Array): number {
  let shards = 0;
  let bigEndian = false;
  let minimumConsumer = 0;
  readFields(bytes, {
    1: (reader) => (shards = reader.int32()),
    2: (reader) => (bigEndian = reader.int32() !== 0),
    3: (reader) => readFields(reader.bytes(), { 2: (version) => (minimumConsumer = version.int32()) }),
  });
  if (bigEndian) throw new Error('it was written on a big-endian machine');
  if (minimumConsumer > 1) throw new Error(`it needs a reader of version ${minimumConsumer}`);
  if (shards < 1 || shards > mostShards) throw new Error(`it states ${shards} data files`);
  return shards;
}

function parseEntry(name: string, bytes: Uint8Array, shards: number): BundleEntry {
  let type = 0;
  let sliced = false;
  const entry = { name, shape: [] as number[], shard: 0, offset: 0, size: 0, crc: 0 };
  try {
    readFields(bytes, {
      1: (reader) => (type = reader.int32()),
      2: (reader) => (entry.shape = readShape(reader.bytes())),
      3: (reader) => (entry.shard = reader.int32()),
      4: (reader) => (entry.offset = readInt64(reader)),
      5: (reader) => (entry.size = readInt64(reader)),
      6: (reader) => (entry.crc = reader.fixed32()),
      7: (reader, wireType) => {
        sliced = true;
        reader.skipType(wireType);
      },
    });
  } catch (cause) {
    throw new Error(`the entry of ${name} makes no sense (${(cause as Error).message})`, { cause });
  }
  if (sliced) throw new Error(`${name} is a partitioned variable; save it in one piece`);
  const dtype = dataTypeOf(type);
  if (dtype === undefined) throw new Error(`${name} has an unknown type (${type})`);
  if (entry.shard < 0 || entry.shard >= shards) throw new Error(`${name} lies in a data file that does not exist`);
  const [elementSize, { size, offset }] = [elementBytes(dtype), entry];
  if (offset < 0 || size < 0 || !Number.isSafeInteger(offset + size)) {
    throw new Error(`${name} lies outside of its data file`);
  }
  if (elementSize > 0 && size !== byteCount(entry.shape, elementSize)) {
    throw new Error(`${name} has ${size} bytes, which is not its shape [${entry.shape.join(', ')}]`);
  }
  return { ...entry, dtype };
}

/** The whole index file; entries in any order. One data file, little-endian. */
export function encodeBundleIndex(entries: readonly BundleEntry[]): Buffer {
  const version = Writer.create().uint32(8).uint32(1).finish();
  const header = Writer.create().uint32(8).uint32(1).uint32(26).bytes(version).finish();
  const sorted = [...entries].sort((a, b) => compareKeys(a.name, b.name));
  return encodeTable([
    { key: '', value: header },
    ...sorted.map((entry) => ({ key: entry.name, value: encodeEntry(entry) })),
  ]);
}

/** Field number and wire type in one. */
const tag = { dtype: 0x08, shape: 0x12, offset: 0x20, size: 0x28, crc: 0x35, dimension: 0x12, dimensionSize: 0x08 };

function encodeEntry({ dtype, shape, offset, size, crc }: BundleEntry): Uint8Array {
  const dimensions = Writer.create();
  for (const length of shape) {
    const dimension = Writer.create();
    if (length !== 0) dimension.uint32(tag.dimensionSize).int64(length);
    dimensions.uint32(tag.dimension).bytes(dimension.finish());
  }
  const writer = Writer.create().uint32(tag.dtype).int32(dataTypeNumber(dtype));
  writer.uint32(tag.shape).bytes(dimensions.finish());
  if (offset !== 0) writer.uint32(tag.offset).int64(offset);
  if (size !== 0) writer.uint32(tag.size).int64(size);
  return writer.uint32(tag.crc).fixed32(crc).finish();
}
