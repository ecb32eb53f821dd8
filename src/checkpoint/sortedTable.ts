// LevelDB's sorted string table, which TensorFlow uses for a checkpoint's index (checkpoint-formats §1.2).
import { uncompress } from 'snappyjs';
import { Reader, Writer } from 'protobufjs/minimal';
import { maskedCrc32c } from '../files/crc32c';

const footerBytes = 48;
const magic = Buffer.from('57fb808b247547db', 'hex');
const trailerBytes = 5;
const compression = { none: 0, snappy: 1 } as const;

/** A block is closed once it is this large. */
const blockBytes = 262_144;
const restartInterval = 16;

/** Far above any real file, far below what hurts: a block may not unpack to more, a name may not be longer. */
const largestBlock = 64 << 20;
const longestKey = 4096;
/**
 * Snappy packs to a twentieth at best. Names are stored by what they have that the one before has not, so that a kilobyte
 * could mean a megabyte of them; real names grow to two or three times their stored length.
 */
const mostGrowth = 32;

export interface TableEntry {
  key: string;
  value: Uint8Array;
}

/** Whether the bytes end as such a table does. */
export function endsAsTable(tail: Uint8Array): boolean {
  return tail.length >= magic.length && magic.equals(tail.subarray(tail.length - magic.length));
}

/**
 * All entries of a table in the order of their keys, every block held against its checksum.
 *
 * @throws Error whose message continues a sentence "… is damaged: ".
 */
export function readTable(file: Buffer): TableEntry[] {
  if (file.length < footerBytes || !endsAsTable(file)) {
    throw new Error(`it does not end as a checkpoint index does (at byte ${file.length})`);
  }
  const footerStart = file.length - footerBytes;
  const index = inBlock(footerStart, () => {
    const footer = Reader.create(file.subarray(footerStart, file.length - magic.length));
    readHandle(footer); // The metaindex is empty.
    return readHandle(footer);
  });
  const entries: TableEntry[] = [];
  let end = 0;
  let nameBytes = 0;
  for (const { value } of readBlock(file, index)) {
    const handle = inBlock(index.offset, () => readHandle(Reader.create(value)));
    // Blocks follow one another; one that is named a thousand times would be unpacked a thousand times.
    if (handle.offset < end) throw new Error(`its blocks are not in order (at byte ${handle.offset})`);
    end = handle.offset + handle.size + trailerBytes;
    // Not push(...block): a block may hold more entries than a call may have arguments.
    for (const entry of readBlock(file, handle)) {
      const previous = entries.at(-1);
      if (previous !== undefined && compareKeys(previous.key, entry.key) >= 0)
        throw new Error(`its names are not in order (in the block at byte ${handle.offset})`);
      nameBytes += entry.key.length;
      if (nameBytes > mostGrowth * file.length)
        throw new Error(`its names are longer than it could hold (in the block at byte ${handle.offset})`);
      entries.push(entry);
    }
  }
  return entries;
}

/** What `read` gives; its errors say where the block lies. */
function inBlock<T>(offset: number, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new Error(`${(cause as Error).message} (in the block at byte ${offset})`, { cause });
  }
}

interface Handle {
  offset: number;
  size: number;
}

function readHandle(reader: Reader): Handle {
  // Files of this kind are far below 4 GB; a larger number wraps and is caught by the checksum.
  return { offset: reader.uint32(), size: reader.uint32() };
}

function readBlock(file: Buffer, { offset, size }: Handle): TableEntry[] {
  return inBlock(offset, () => {
    const end = offset + size;
    if (end + trailerBytes > file.length - footerBytes) throw new Error('it is cut off');
    if (file.readUInt32LE(end + 1) !== maskedCrc32c(file.subarray(offset, end + 1))) {
      throw new Error('a checksum does not fit');
    }
    return parseBlock(uncompressed(file.subarray(offset, end), file[end]!));
  });
}

function uncompressed(block: Buffer, type: number): Buffer {
  if (type === compression.none) return block;
  if (type !== compression.snappy) throw new Error(`it is compressed in an unknown way (${type})`);
  const length = Reader.create(block).uint32();
  if (length > Math.min(largestBlock, mostGrowth * block.length)) throw new Error('a block is too large');
  return Buffer.from(uncompress(block, largestBlock));
}

function parseBlock(block: Buffer): TableEntry[] {
  if (block.length < 4) throw new Error('a block is empty');
  const end = block.length - 4 - 4 * block.readUInt32LE(block.length - 4);
  if (end < 0) throw new Error('a block is too short');
  const reader = Reader.create(block.subarray(0, end));
  const entries: TableEntry[] = [];
  let key: Buffer = Buffer.alloc(0);
  let keyBytes = 0;
  while (reader.pos < reader.len) {
    const [shared, fresh, length] = [reader.uint32(), reader.uint32(), reader.uint32()];
    const start = reader.pos + fresh;
    if (shared > key.length || start + length > end) throw new Error('an entry is longer than its block');
    if (shared + fresh > longestKey) throw new Error(`a name is longer than ${longestKey} bytes`);
    keyBytes += shared + fresh;
    if (keyBytes > mostGrowth * block.length) throw new Error('names are longer than a block could hold');
    key = Buffer.concat([key.subarray(0, shared), block.subarray(reader.pos, start)]);
    reader.pos = start + length;
    entries.push({ key: key.toString('utf8'), value: block.subarray(start, start + length) });
  }
  return entries;
}

/** Bytewise order of UTF-8, which is the order of code points. */
export function compareKeys(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** The whole file of a table. Keys must be in order and distinct. */
export function encodeTable(entries: readonly TableEntry[]): Buffer {
  const parts: Uint8Array[] = [];
  let offset = 0;
  const add = (part: Uint8Array): void => {
    parts.push(part);
    offset += part.length;
  };
  const addBlock = (block: Uint8Array): Uint8Array => {
    const handle = Writer.create().uint32(offset).uint32(block.length).finish();
    const type = Uint8Array.of(compression.none);
    const crc = Buffer.alloc(4);
    crc.writeUInt32LE(maskedCrc32c(block, type));
    for (const part of [block, type, crc]) add(part);
    return handle;
  };

  const index = new BlockBuilder(1);
  let block = new BlockBuilder(restartInterval);
  let last = '';
  const close = (): void => {
    // The full last key is a legal separator (checkpoint-formats §1.10).
    index.add(last, addBlock(block.finish()));
    block = new BlockBuilder(restartInterval);
  };
  for (const { key, value } of entries) {
    block.add(key, value);
    last = key;
    if (block.length >= blockBytes) close();
  }
  if (!block.isEmpty) close();

  const metaindex = addBlock(new BlockBuilder(1).finish());
  const handles = Buffer.concat([metaindex, addBlock(index.finish())]);
  add(Buffer.concat([handles, Buffer.alloc(footerBytes - magic.length - handles.length), magic]));
  return Buffer.concat(parts);
}

class BlockBuilder {
  private readonly parts: Uint8Array[] = [];
  private readonly restarts: number[] = [0];
  private previous: Buffer = Buffer.alloc(0);
  private count = 0;
  length = 0;

  constructor(private readonly interval: number) {}

  get isEmpty(): boolean {
    return this.count === 0;
  }

  add(key: string, value: Uint8Array): void {
    const bytes = Buffer.from(key);
    let shared = 0;
    if (this.count > 0 && this.count % this.interval === 0) this.restarts.push(this.length);
    else while (shared < this.previous.length && this.previous[shared] === bytes[shared]) shared++;
    const head = Writer.create()
      .uint32(shared)
      .uint32(bytes.length - shared)
      .uint32(value.length)
      .finish();
    for (const part of [head, bytes.subarray(shared), value]) {
      this.parts.push(part);
      this.length += part.length;
    }
    this.previous = bytes;
    this.count++;
  }

  finish(): Buffer {
    const tail = Buffer.alloc(4 * (this.restarts.length + 1));
    [...this.restarts, this.restarts.length].forEach((value, i) => tail.writeUInt32LE(value, 4 * i));
    return Buffer.concat([...this.parts, tail]);
  }
}
