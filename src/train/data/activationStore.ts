import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { digestWords, parseDigest, tableOf } from '../../dataset/digestTable';
import { linkOrCopy } from '../../files/linkOrCopy';
import { makeFolder } from '../../files/makeFolder';
import { patiently } from '../../files/patience';
import { clearStrayFiles } from '../../files/strayFiles';
import type { RowSource } from '../../input/rows';
import type { KeptLooks } from './keptLooks';
import { readSegmentIds, writeSegment } from './segmentTable';
import { type Segment, SegmentFiles } from './storedRows';

/** Rows are gathered to segments of about this size before they are written; an interruption loses one at most. */
const segmentBytes = 32 << 20;
/** Of short rows fewer bytes, so that the table beside them stays small: its ids are read as a whole. */
const mostSegmentRows = 1 << 14;

/**
 * Activations on disk: rows of float32, each under an id that names an image's content and its variant. They lie in
 * segments `<name>.f32` with a table `<name>.json`; both are written aside and renamed, the table last, and never
 * changed again, so that a killed run leaves whole segments and runs can share them as hard links. Not float16: a batch of
 * 90 rows before Block8 (5.8 MB) took 1.9 ms to read, as float16 6.0 ms with its decoding, and float32 is exact.
 */
export class ActivationStore {
  private pendingIds: string[] = [];
  private pending: Float32Array;
  private readonly segmentRows: number;

  private constructor(
    private readonly directory: string,
    readonly rowLength: number,
  ) {
    this.segmentRows = Math.max(1, Math.min(mostSegmentRows, Math.floor(segmentBytes / (4 * rowLength))));
    this.pending = new Float32Array(0);
  }

  /**
   * Opens the store of a folder, made where it is missing in one that is there. Segments of the same key in `others` (caches of other runs)
   * are linked into it.
   */
  static async open(directory: string, rowLength: number, others: readonly string[] = []): Promise<ActivationStore> {
    await makeFolder(directory);
    await clearStrayFiles(directory);
    for (const other of others) await linkSegments(other, directory);
    return new ActivationStore(directory, rowLength);
  }

  /**
   * Finds the rows of some looks. A segment that is not whole is passed over; its rows count as missing. One table is held
   * at a time, so that what stays in memory are four bytes for each look.
   */
  async find(looks: Pick<KeptLooks, 'contents' | 'labels'>): Promise<StoredRows> {
    const { contents, labels } = looks;
    const images = contents.length / digestWords;
    const table = tableOf(contents);
    const numbers = new Uint32Array(images * labels.length);
    const variants = new Map(labels.map((label, variant) => [label, variant]));
    const segments: Segment[] = [];
    let rows = 0;
    const names = (await readdir(this.directory)).filter((name) => name.endsWith('.json')).sort();
    for (const name of names) {
      const ids = await readSegmentIds(this.directory, name, this.rowLength);
      if (ids === undefined) continue;
      segments.push({ file: join(this.directory, name.replace(/\.json$/, '.f32')), firstRow: rows });
      for (const [index, id] of ids.entries()) {
        const [content, label] = [id.slice(0, 8 * digestWords), id.slice(8 * digestWords + 1)];
        const variant = variants.get(label);
        const image = variant === undefined ? -1 : table.find(parseDigest(content));
        if (image !== -1) numbers[image * labels.length + variant!] = rows + index + 1;
      }
      rows += ids.length;
    }
    const missing: number[] = [];
    for (let image = 0; image < images; image++) {
      const first = table.find(contents, digestWords * image);
      for (let variant = 0; variant < labels.length; variant++) {
        const row = image * labels.length + variant;
        if (first !== image) numbers[row] = numbers[first * labels.length + variant]!;
        else if (numbers[row] === 0) missing.push(row);
      }
    }
    return new StoredRows(segments, this.rowLength, numbers, Uint32Array.from(missing));
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
    await writeSegment(this.directory, this.rowLength, rows, data);
    this.pendingIds = [];
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

/** What a store has of some looks. */
export class StoredRows {
  constructor(
    private readonly segments: readonly Segment[],
    private readonly rowLength: number,
    /** Number + 1 of each look's row among those of all segments; 0 where it is missing. */
    private readonly numbers: Uint32Array,
    /** Looks that have no row, ascending; of several with the same content the first one. */
    readonly missing: Uint32Array,
  ) {}

  has(look: number): boolean {
    return this.numbers[look]! > 0;
  }

  /**
   * Opens them for reading by the numbers of the looks, as the last thing that is asked of them. Up to `memoryLimit` bytes
   * are held in one array; beyond that every read goes to the disk, which for large rows costs little.
   * @throws Error where one is missing that `compute` does not give
   */
  async reader(memoryLimit: number, compute?: RowSource): Promise<RowReader> {
    const { numbers, rowLength } = this;
    if (compute === undefined && this.missing.length > 0)
      throw new Error(`no activations of ${this.missing.length} looks`);
    const files = new SegmentFiles(this.segments, rowLength);
    if (compute !== undefined || 4 * rowLength * numbers.length > memoryLimit)
      return new DiskRows(files, rowLength, numbers, compute);
    const rows = new Float32Array(rowLength * numbers.length);
    try {
      await files.readAll(numbers, rows);
    } finally {
      await files.close();
    }
    return new MemoryRows(rows, rowLength);
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

  constructor(
    private readonly files: SegmentFiles,
    readonly rowLength: number,
    private readonly numbers: Uint32Array,
    /** Gives the rows that are not stored. */
    private readonly compute: RowSource | undefined,
  ) {}

  async read(indices: ArrayLike<number>, out: Float32Array): Promise<void> {
    const { numbers, rowLength } = this;
    const stored: { rows: number[]; targets: number[] } = { rows: [], targets: [] };
    const absent: typeof stored = { rows: [], targets: [] };
    for (let target = 0; target < indices.length; target++) {
      const look = indices[target]!;
      const number = numbers[look]!;
      const { rows, targets } = number > 0 ? stored : absent;
      rows.push(number > 0 ? number - 1 : look);
      targets.push(target);
    }
    await this.files.read(stored.rows, stored.targets, out);
    if (absent.rows.length === 0) return;
    const computed = new Float32Array(absent.rows.length * rowLength);
    await this.compute!.read(absent.rows, computed);
    for (const [index, target] of absent.targets.entries())
      out.set(computed.subarray(index * rowLength, (index + 1) * rowLength), target * rowLength);
  }

  async close(): Promise<void> {
    await this.files.close();
    await this.compute?.close();
  }
}
