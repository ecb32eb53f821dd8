import { createHash } from 'node:crypto';
import { mkdir, open, readFile, readdir, stat, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { writeAside, writeFileAtomic } from '../../files/atomicFile';
import { linkOrCopy } from '../../files/linkOrCopy';
import { patiently, saysAway } from '../../files/patience';
import { clearStrayFiles } from '../../files/strayFiles';
import type { RowSource } from '../../input/rows';

/** Rows are gathered to segments of about this size before they are written; an interruption loses one at most. */
const segmentBytes = 32 << 20;

const segmentSchema = z.object({
  version: z.literal(1),
  rowLength: z.number().int().positive(),
  rows: z.array(z.string()),
});

interface Place {
  file: string;
  /** Bytes from the file's begin. */
  offset: number;
}

/**
 * Activations on disk: rows of float32, each under an id that names an image's content and its variant. They lie in
 * segments `<name>.f32` with a table `<name>.json`; both are written aside and renamed, the table last, and never
 * changed again, so that a killed run leaves whole segments and runs can share them as hard links. Not float16: a batch of
 * 90 rows before Block8 (5.8 MB) took 1.9 ms to read, as float16 6.0 ms with its decoding, and float32 is exact.
 */
export class ActivationStore {
  private readonly places = new Map<string, Place>();
  private pendingIds: string[] = [];
  private pending: Float32Array;
  private readonly segmentRows: number;

  private constructor(
    private readonly directory: string,
    readonly rowLength: number,
  ) {
    this.segmentRows = Math.max(1, Math.floor(segmentBytes / (4 * rowLength)));
    this.pending = new Float32Array(0);
  }

  /**
   * Opens the store of a folder, made where it is missing. Segments of the same key in `others` (caches of other runs)
   * are linked into it. A segment that is not whole is passed over; its rows count as missing.
   */
  static async open(directory: string, rowLength: number, others: readonly string[] = []): Promise<ActivationStore> {
    await mkdir(directory, { recursive: true });
    await clearStrayFiles(directory);
    for (const other of others) await linkSegments(other, directory);
    const store = new ActivationStore(directory, rowLength);
    const names = (await readdir(directory)).filter((name) => name.endsWith('.json')).sort();
    for (const name of names) await store.readTable(name.slice(0, -'.json'.length));
    return store;
  }

  has(id: string): boolean {
    return this.places.has(id);
  }

  /** Adds rows [ids.length, rowLength]; a full segment is written at once, the rest by `flush`. */
  async append(ids: readonly string[], rows: Float32Array): Promise<void> {
    const { rowLength } = this;
    for (const [index, id] of ids.entries()) {
      if (this.pending.length === 0) this.pending = new Float32Array(this.segmentRows * rowLength);
      this.pending.set(rows.subarray(index * rowLength, (index + 1) * rowLength), this.pendingIds.length * rowLength);
      this.pendingIds.push(id);
      if (this.pendingIds.length === this.segmentRows) await this.flush();
    }
  }

  /** Writes what has been added; waits for a disk that is away. */
  async flush(): Promise<void> {
    await patiently(this.directory, async () => this.writePending());
  }

  private async writePending(): Promise<void> {
    const rows = this.pendingIds;
    if (rows.length === 0) return;
    const data = this.pending.subarray(0, rows.length * this.rowLength);
    const name = createHash('sha256').update(rows.join('\n')).digest('hex').slice(0, 24);
    const file = join(this.directory, `${name}.f32`);
    const aside = await writeAside(file, async (handle) => {
      await handle.writeFile(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    });
    await aside.commit();
    const table: z.infer<typeof segmentSchema> = { version: 1, rowLength: this.rowLength, rows };
    await writeFileAtomic(join(this.directory, `${name}.json`), JSON.stringify(table));
    this.note(file, rows);
    this.pendingIds = [];
  }

  /**
   * Opens rows for reading, by their index in `ids`. Up to `memoryLimit` bytes they are held in one array; beyond that
   * every read goes to the disk, which for large rows costs little.
   */
  async reader(ids: readonly string[], memoryLimit: number): Promise<RowReader> {
    const places = ids.map((id) => {
      const place = this.places.get(id);
      if (place === undefined) throw new Error(`no activations of ${id}`);
      return place;
    });
    const onDisk = new DiskRows(places, this.rowLength);
    if (4 * this.rowLength * ids.length > memoryLimit) return onDisk;
    const rows = new Float32Array(this.rowLength * ids.length);
    try {
      await onDisk.readAll(rows);
    } finally {
      await onDisk.close();
    }
    return new MemoryRows(rows, this.rowLength);
  }

  private async readTable(name: string): Promise<void> {
    const file = join(this.directory, `${name}.f32`);
    try {
      const table = segmentSchema.parse(JSON.parse(await readFile(join(this.directory, `${name}.json`), 'utf8')));
      const { size } = await stat(file);
      if (table.rowLength !== this.rowLength || size !== 4 * table.rowLength * table.rows.length) return;
      this.note(file, table.rows);
    } catch (error) {
      // A damaged table or a missing data file: the rows are computed again, into a segment of the same name.
      if (error instanceof SyntaxError || error instanceof z.ZodError || isMissing(error)) return;
      throw error;
    }
  }

  private note(file: string, rows: readonly string[]): void {
    rows.forEach((id, index) => this.places.set(id, { file, offset: 4 * this.rowLength * index }));
  }
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}

/** Links the whole segments of `from` into `to`; copies where the file system has no hard links. */
async function linkSegments(from: string, to: string): Promise<void> {
  const present = new Set(await readdir(to));
  const names = await readdir(from).catch((): string[] => []);
  for (const table of names.filter((name) => name.endsWith('.json') && !present.has(name))) {
    const data = table.replace(/\.json$/, '.f32');
    try {
      // The table last, so that it never stands without its data.
      for (const name of [data, table]) await linkOrCopy(join(from, name), join(to, name));
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }
}

/** Rows of the store. */
export interface RowReader extends RowSource {
  /** Whether they are held in memory; else every reading goes to the disk. */
  readonly inMemory: boolean;
}

class MemoryRows implements RowReader {
  readonly inMemory = true;

  constructor(
    private readonly rows: Float32Array,
    readonly rowLength: number,
  ) {}

  async read(indices: ArrayLike<number>, out: Float32Array): Promise<void> {
    const { rows, rowLength } = this;
    for (let i = 0; i < indices.length; i++) {
      const from = indices[i]! * rowLength;
      out.set(rows.subarray(from, from + rowLength), i * rowLength);
    }
  }

  async close(): Promise<void> {
    // Nothing is open.
  }
}

class DiskRows implements RowReader {
  readonly inMemory = false;
  private readonly files = new Map<string, Promise<FileHandle>>();

  constructor(
    private readonly places: readonly Place[],
    readonly rowLength: number,
  ) {}

  async read(indices: ArrayLike<number>, out: Float32Array): Promise<void> {
    const reads = Array.from({ length: indices.length }, (_, i) => this.readRows(indices[i]!, 1, out, i));
    await Promise.all(reads);
  }

  /** All rows in order, with one read for rows that follow one another in a segment. */
  async readAll(out: Float32Array): Promise<void> {
    const { places, rowLength } = this;
    const largest = Math.max(1, Math.floor(segmentBytes / (4 * rowLength)));
    for (let start = 0; start < places.length;) {
      let count = 1;
      while (start + count < places.length && count < largest && this.follows(start, count)) count++;
      await this.readRows(start, count, out, start);
      start += count;
    }
  }

  private follows(start: number, count: number): boolean {
    const first = this.places[start]!;
    const next = this.places[start + count]!;
    return next.file === first.file && next.offset === first.offset + 4 * this.rowLength * count;
  }

  private async readRows(first: number, count: number, out: Float32Array, row: number): Promise<void> {
    const { file } = this.places[first]!;
    await patiently(dirname(file), async () =>
      this.readRowsOnce(first, count, out, row).catch(async (error: unknown) => {
        // What was open on a disk that went away is of no use when it has come back.
        if (saysAway(error)) this.files.delete(file);
        throw error;
      }),
    );
  }

  private async readRowsOnce(first: number, count: number, out: Float32Array, row: number): Promise<void> {
    const { file, offset } = this.places[first]!;
    const handle = await this.handle(file);
    const bytes = new Uint8Array(out.buffer, out.byteOffset + 4 * this.rowLength * row, 4 * this.rowLength * count);
    for (let done = 0; done < bytes.length;) {
      const { bytesRead } = await handle.read(bytes, done, bytes.length - done, offset + done);
      if (bytesRead === 0) throw new Error(`${file} has become shorter`);
      done += bytesRead;
    }
  }

  private handle(file: string): Promise<FileHandle> {
    let handle = this.files.get(file);
    if (handle === undefined) {
      handle = open(file, 'r');
      handle.catch(() => this.files.delete(file));
      this.files.set(file, handle);
    }
    return handle;
  }

  async close(): Promise<void> {
    for (const handle of this.files.values()) await (await handle).close();
    this.files.clear();
  }
}
