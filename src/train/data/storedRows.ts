// Reading of activations that lie in segments on a disk.
import { open, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import pMap from 'p-map';
import { patiently, saysAway } from '../../files/patience';

/** Files that are open at a time: systems allow as few as 256, and a million images have thousands of segments. */
const mostOpen = 96;
/** Rows that are read at a time; fewer than open files, so that none is closed under its reader. */
const readsAtOnce = 32;
/** Bytes that are read at once where all of some rows are. */
const readAtOnce = 4 << 20;
/** So many bytes that nobody asked for cost less than another read. */
const passedOver = 64 << 10;

export interface Segment {
  /** Path of the file of float32. */
  file: string;
  /** Number of its first row among those of all segments. */
  firstRow: number;
}

/** Rows in segments, by numbers that go on from segment to segment. */
export class SegmentFiles {
  /** In the order of their last use. */
  private readonly handles = new Map<Segment, Promise<FileHandle>>();

  /** @param segments ascending by their first row */
  constructor(
    private readonly segments: readonly Segment[],
    private readonly rowLength: number,
  ) {}

  /** Reads row `rows[i]` to place `targets[i]` of `out`. */
  async read(rows: ArrayLike<number>, targets: ArrayLike<number>, out: Float32Array): Promise<void> {
    const readOne = async (i: number): Promise<void> => this.readRun(rows[i]!, 1, out, targets[i]!);
    await pMap(Array(rows.length).keys(), readOne, { concurrency: readsAtOnce });
  }

  /**
   * Reads all rows of some looks in the order in which they lie on the disk, many with each read: a row that several looks
   * share is read once, and so are rows between those that are asked for.
   * @param numbers 1 + the row of each look; used up, as the places of each row become a list in it
   * @param out [looks, rowLength]
   */
  async readAll(numbers: Uint32Array, out: Float32Array): Promise<void> {
    const { rowLength } = this;
    const heads = placesOfRows(numbers);
    const most = Math.max(1, Math.floor(readAtOnce / (4 * rowLength)));
    const furthest = Math.floor(passedOver / (4 * rowLength));
    let read = new Float32Array(0);
    for (let first = 0; first < heads.length; first++) {
      if (heads[first] === 0) continue;
      const limit = Math.min(
        first + most,
        this.segments[this.segmentOf(first) + 1]?.firstRow ?? Infinity,
        heads.length,
      );
      // Not `most` from the beginning: segments of short rows end long before.
      if (read.length < (limit - first) * rowLength) read = new Float32Array((limit - first) * rowLength);
      let end = first + 1;
      for (let row = end; row < limit && row - end <= furthest; row++) if (heads[row]! > 0) end = row + 1;
      await this.readRun(first, end - first, read, 0);
      for (let row = first; row < end; row++) {
        const values = read.subarray((row - first) * rowLength, (row - first + 1) * rowLength);
        for (let place = heads[row]!; place > 0; place = numbers[place - 1]!) out.set(values, (place - 1) * rowLength);
      }
      first = end - 1;
    }
  }

  async close(): Promise<void> {
    for (const handle of this.handles.values()) await (await handle).close();
    this.handles.clear();
  }

  private async readRun(row: number, count: number, out: Float32Array, target: number): Promise<void> {
    const segment = this.segments[this.segmentOf(row)]!;
    await patiently(dirname(segment.file), async () =>
      this.readOnce(segment, row, count, out, target).catch(async (error: unknown) => {
        // What was open on a disk that went away is of no use when it has come back.
        if (saysAway(error)) this.handles.delete(segment);
        throw error;
      }),
    );
  }

  private async readOnce(
    segment: Segment,
    row: number,
    count: number,
    out: Float32Array,
    target: number,
  ): Promise<void> {
    const bytesOfRow = 4 * this.rowLength;
    const offset = bytesOfRow * (row - segment.firstRow);
    const handle = await this.handle(segment);
    const bytes = new Uint8Array(out.buffer, out.byteOffset + bytesOfRow * target, bytesOfRow * count);
    for (let done = 0; done < bytes.length;) {
      const { bytesRead } = await handle.read(bytes, done, bytes.length - done, offset + done);
      if (bytesRead === 0) throw new Error(`${segment.file} has become shorter`);
      done += bytesRead;
    }
  }

  private segmentOf(row: number): number {
    let [low, high] = [0, this.segments.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.segments[middle]!.firstRow <= row) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  private async handle(segment: Segment): Promise<FileHandle> {
    const handle = this.handles.get(segment) ?? open(segment.file, 'r');
    this.handles.delete(segment);
    this.handles.set(segment, handle);
    handle.catch(() => this.handles.delete(segment));
    if (this.handles.size > mostOpen) {
      const [oldest, opened] = this.handles.entries().next().value!;
      this.handles.delete(oldest);
      void opened.then(async (old) => old.close()).catch(() => undefined);
    }
    return handle;
  }
}

/** For each row 1 + its first place, 0 where it has none; in `numbers` comes 1 + the next place of the same row to stand. */
function placesOfRows(numbers: Uint32Array): Uint32Array {
  const heads = new Uint32Array(numbers.reduce((most, number) => Math.max(most, number), 0));
  for (let place = numbers.length - 1; place >= 0; place--) {
    const row = numbers[place]! - 1;
    numbers[place] = heads[row]!;
    heads[row] = place + 1;
  }
  return heads;
}
