// Reading the tensors of a checkpoint.
import { type FileHandle, open, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { UserError } from '../protocol/errors';
import { maskedCrc32c } from '../files/crc32c';
import { type BundleEntry, parseBundleIndex } from './bundleIndex';
import { elementBytes, isNumeric, toDoubles, toFloats, toNumbers } from './dataTypes';
import type { Tensor } from '../network/tensor';
import type { ValueReader } from './valueReader';

/** No index of a real model comes near. */
const largestIndex = 256 << 20;

const copyAgain = 'Copy or download it again.';

/** A checkpoint whose index has been read; its data files are opened when values are asked for. */
export class Bundle {
  private readonly byName: ReadonlyMap<string, BundleEntry>;

  private constructor(
    readonly prefix: string,
    readonly entries: readonly BundleEntry[],
    private readonly shards: number,
  ) {
    this.byName = new Map(entries.map((entry) => [entry.name, entry]));
  }

  /**
   * Reads `<prefix>.index`.
   *
   * @throws UserError when it is missing or damaged.
   */
  static async open(prefix: string): Promise<Bundle> {
    const path = `${prefix}.index`;
    const file = await open(path, 'r').catch((cause: unknown) => {
      throw new UserError(`${path} cannot be opened.`, 'Give a checkpoint whose .index file is there.', { cause });
    });
    try {
      const { size } = await file.stat();
      if (size > largestIndex) throw new UserError(`${path} is no checkpoint index: it has ${size} bytes.`);
      const { shards, entries } = parseBundleIndex(await file.readFile());
      return new Bundle(prefix, entries, shards);
    } catch (cause) {
      if (cause instanceof UserError) throw cause;
      throw new UserError(`${path} cannot be read: ${(cause as Error).message}.`, copyAgain, { cause });
    } finally {
      await file.close();
    }
  }

  private shardPath(shard: number): string {
    return `${this.prefix}.data-${String(shard).padStart(5, '0')}-of-${String(this.shards).padStart(5, '0')}`;
  }

  /**
   * Holds the data files against the index without reading them.
   *
   * @throws UserError when one is missing or too short.
   */
  async checkDataFiles(): Promise<void> {
    const wanted = new Map<number, { length: number; together: number }>();
    for (const { shard, offset, size } of this.entries) {
      const { length, together } = wanted.get(shard) ?? { length: 0, together: 0 };
      wanted.set(shard, { length: Math.max(length, offset + size), together: together + size });
    }
    for (const [shard, { length, together }] of wanted) {
      const path = this.shardPath(shard);
      const found = await stat(path).catch(() => undefined);
      if (found === undefined) {
        throw new UserError(
          `The data file ${basename(path)} is missing beside ${this.prefix}.index.`,
          'Copy it into the same folder; it holds the weights.',
        );
      }
      if (found.size < length) {
        throw new UserError(`${path} is cut off: it has ${found.size} of ${length} bytes.`, copyAgain);
      }
      // Tensors follow one another; the same bytes under a thousand names would be read a thousand times.
      if (found.size < together) {
        throw new UserError(
          `${this.prefix}.index is damaged: its tensors take ${together} of the ${found.size} bytes of ${basename(path)}.`,
          copyAgain,
        );
      }
    }
  }

  /**
   * The bytes of some tensors, one after another; each is handed over in its own buffer, held against its checksum.
   *
   * @throws UserError when a file is missing, cut off or damaged.
   */
  async readBytes(
    entries: readonly BundleEntry[],
    onBytes: (entry: BundleEntry, bytes: Uint8Array) => void,
  ): Promise<void> {
    await this.checkDataFiles();
    const files = new Map<number, FileHandle>();
    try {
      // In the order of the disk.
      for (const entry of [...entries].sort((a, b) => a.shard - b.shard || a.offset - b.offset)) {
        onBytes(entry, await this.readEntry(entry, files));
      }
    } finally {
      await closeAll(files);
    }
  }

  /** Opens the data files once for values of many tensors, of which one at a time is in memory. */
  async openValues(): Promise<ValueReader> {
    await this.checkDataFiles();
    const files = new Map<number, FileHandle>();
    return {
      values: async (name) => {
        const entry = this.entry(name);
        return toNumbers(entry.dtype, await this.readEntry(entry, files));
      },
      close: async () => closeAll(files),
    };
  }

  /** Reads every tensor and holds it against its checksum. @throws UserError naming the first that does not fit */
  async verify(): Promise<void> {
    await this.readBytes(this.entries, () => undefined);
  }

  private async readEntry(entry: BundleEntry, files: Map<number, FileHandle>): Promise<Uint8Array> {
    const path = this.shardPath(entry.shard);
    const file = files.get(entry.shard) ?? (await open(path, 'r'));
    files.set(entry.shard, file);
    const bytes = new Uint8Array(entry.size);
    for (let read = 0; read < bytes.length;) {
      const { bytesRead } = await file.read(bytes, read, bytes.length - read, entry.offset + read);
      if (bytesRead === 0) throw new UserError(`${path} is cut off.`, copyAgain);
      read += bytesRead;
    }
    if (maskedCrc32c(bytes) !== entry.crc) {
      throw new UserError(
        `${path} is damaged: the checksum of ${entry.name} does not fit (from byte ${entry.offset} on).`,
        copyAgain,
      );
    }
    return bytes;
  }

  private entry(name: string): BundleEntry {
    const entry = this.byName.get(name);
    if (entry === undefined)
      throw new UserError(`${this.prefix} has no variable ${name}.`, 'facenet inspect lists them.');
    if (!isNumeric(entry.dtype)) {
      throw new UserError(`${name} in ${this.prefix} holds ${entry.dtype} values, not numbers.`);
    }
    return entry;
  }

  /** Values of some tensors as float32. */
  async readAll(names: readonly string[]): Promise<Map<string, Tensor>> {
    const entries = names.map((name) => this.entry(name));
    const tensors = new Map<string, Tensor>();
    await this.readBytes(entries, ({ name, dtype, shape }, bytes) => {
      tensors.set(name, { shape, data: toFloats(dtype, bytes) });
    });
    return new Map(names.map((name) => [name, tensors.get(name)!]));
  }

  /** Values of one tensor as doubles: 64-bit integers are exact up to 2^53. */
  async readDoubles(name: string): Promise<Float64Array> {
    const { dtype } = this.entry(name);
    let values: Float64Array = new Float64Array(0);
    await this.readBytes([this.entry(name)], (_, bytes) => (values = toDoubles(dtype, bytes)));
    return values;
  }
}

async function closeAll(files: ReadonlyMap<number, FileHandle>): Promise<void> {
  await Promise.all([...files.values()].map(async (file) => file.close()));
}

/** Whether its values can be read; entries of strings and the like are listed only. */
export function isReadable({ dtype }: BundleEntry): boolean {
  return elementBytes(dtype) > 0 && isNumeric(dtype);
}
