// What has been seen of the images of a dataset, kept between two looks, so that only what has changed is read again.
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { writeAside } from '../files/atomicFile';
import { maskedCrc32c } from '../files/crc32c';
import { makeFolder } from '../files/makeFolder';
import { describeError } from '../protocol/errors';
import { type DigestTable, digestWords, tableOf } from './digestTable';
import type { ImageFault } from '../protocol/problem';
import type { ImageList } from './imageList';
import type { ImageLook } from './looks/lookAt';
import { LookPool } from './looks/lookPool';

const magic = Buffer.from('FNFACT1\n', 'latin1');

/** Words of 32 bits of one image: key, content, width, height, orientation. */
const rowWords = 2 * digestWords + 3;
/** Rows that are gathered in one piece of memory. */
const rowsPerPart = 1 << 14;

type Seen = Exclude<ImageLook, { fault: ImageFault }>;

export interface LookOptions {
  /** Whether the images are decoded, too. */
  decode: boolean;
  signal?: AbortSignal | undefined;
  onProgress?: ((done: number, total: number) => void) | undefined;
}

/**
 * Facts of images, each found by a digest of the file's path, size, times and inode: a file that was changed, also in
 * place and with its time set back, has another one (the time of the last change of its inode cannot be set) and is read
 * again. Files that changed less than two seconds before are never taken from here, nor what is wrong with a file.
 */
export class ImageFacts {
  private constructor(
    /** Where they are kept; undefined keeps nothing. */
    private readonly file: string | undefined,
    /** [N, rowWords] */
    private rows: Uint32Array,
    /** What a user may want to know, one sentence each. */
    readonly notes: string[],
  ) {}

  /** Opens what is kept in a file, which may not be there yet. */
  static async open(file: string | undefined): Promise<ImageFacts> {
    const empty = new Uint32Array(0);
    if (file === undefined) return new ImageFacts(file, empty, []);
    try {
      return new ImageFacts(file, parseFacts(await readFile(file)), []);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return new ImageFacts(file, empty, []);
      const why = error instanceof RangeError ? 'is damaged or of another version' : `cannot be read`;
      return new ImageFacts(file, empty, [`${file} ${why}; all images are looked at again.`]);
    }
  }

  /**
   * Looks at images on all cores and gives `take` what was seen of each, in their order. What is new is kept in the file,
   * beside what it holds of other images where all together are `capacity` at most.
   * @throws StoppedError once the signal is aborted; what was seen until then is kept
   */
  async look(
    images: ImageList,
    { decode, signal, onProgress }: LookOptions,
    take: (look: ImageLook, index: number) => void,
    capacity = images.length,
  ): Promise<void> {
    const known = tableOf(this.rows, rowWords);
    const news = new News(this.rows.length / rowWords);
    const pool = LookPool.open(images.length);
    const question = decode ? 'pictures' : 'contents';
    const lookAtSome = async (paths: readonly string[]): Promise<ImageLook[]> => {
      if (this.file === undefined) return pool.ask(question, paths);
      const { keys, settled } = await pool.ask('keys', paths);
      const rows = Array.from(settled, (isSettled, index) =>
        isSettled === 1 ? this.usableRow(known, keys, digestWords * index, decode) : -1,
      );
      const missing = paths.filter((_, index) => rows[index] === -1);
      const found = missing.length === 0 ? [] : await pool.ask(question, missing);
      let next = 0;
      return rows.map((row, index) => {
        if (row !== -1) {
          news.hit(row);
          return this.lookOf(row);
        }
        const look = found[next++]!;
        if (settled[index] === 1 && look.fault === undefined) news.add(keys, digestWords * index, look);
        return look;
      });
    };
    const takeSome = (looks: readonly ImageLook[], start: number, count: number): void => {
      for (const [index, look] of looks.entries()) take(look, start + index);
      onProgress?.(start + count, images.length);
    };
    let isWhole = false;
    try {
      await pool.inOrder(images, lookAtSome, takeSome, signal);
      isWhole = true;
    } finally {
      await pool.close();
      await this.keep(news, isWhole ? capacity : Infinity);
    }
  }

  /** The row of a file, where it says what is asked; else −1. */
  private usableRow(known: DigestTable, keys: Uint32Array, offset: number, decode: boolean): number {
    const row = known.find(keys, offset);
    return row !== -1 && decode && this.rows[row * rowWords + 2 * digestWords] === 0 ? -1 : row;
  }

  private lookOf(row: number): ImageLook {
    const at = row * rowWords + digestWords;
    const content = this.rows.slice(at, at + digestWords);
    const [width, height, orientation] = this.rows.subarray(at + digestWords, at + digestWords + 3);
    return { content, width: width!, height: height!, orientation: orientation! };
  }

  /** Writes the file anew where there is news; what it holds of other images stays, where both are not too many. */
  private async keep(news: News, capacity: number): Promise<void> {
    if (this.file === undefined || news.count === 0) return;
    this.rows = news.joinedWith(this.rows, capacity);
    const bytes = Buffer.from(this.rows.buffer, this.rows.byteOffset, this.rows.byteLength);
    const sum = Buffer.alloc(4);
    sum.writeUInt32LE(maskedCrc32c(magic, bytes));
    try {
      await makeFolder(dirname(this.file));
      const aside = await writeAside(this.file, async (handle) => {
        for (const part of [magic, bytes, sum]) await handle.writeFile(part);
      });
      await aside.commit();
    } catch (error) {
      this.notes.push(`${this.file} cannot be written (${describeError(error)}); the next look begins anew.`);
    }
  }
}

/** What a look has found that is not kept yet, and which rows it has used. */
class News {
  private readonly parts: Uint32Array[] = [];
  private readonly used: Uint8Array;
  count = 0;

  constructor(knownRows: number) {
    this.used = new Uint8Array(knownRows);
  }

  hit(row: number): void {
    this.used[row] = 1;
  }

  add(keys: Uint32Array, offset: number, { content, width, height, orientation }: Seen): void {
    const at = (this.count++ % rowsPerPart) * rowWords;
    if (at === 0) this.parts.push(new Uint32Array(rowsPerPart * rowWords));
    const part = this.parts.at(-1)!;
    part.set(keys.subarray(offset, offset + digestWords), at);
    part.set(content, at + digestWords);
    part.set([width, height, orientation], at + 2 * digestWords);
  }

  /** The rows that were known and the new ones; of the known ones only those that were used where both are too many. */
  joinedWith(known: Uint32Array, capacity: number): Uint32Array {
    const everything = this.used.length + this.count <= capacity;
    const isKept = (row: number): boolean => everything || this.used[row] === 1;
    let kept = 0;
    for (let row = 0; row < this.used.length; row++) if (isKept(row)) kept++;
    const joined = new Uint32Array((kept + this.count) * rowWords);
    let at = 0;
    for (let row = 0; row < this.used.length; row++) {
      if (!isKept(row)) continue;
      joined.set(known.subarray(row * rowWords, (row + 1) * rowWords), at);
      at += rowWords;
    }
    for (const part of this.parts) {
      joined.set(part.subarray(0, joined.length - at), at);
      at += part.length;
    }
    return joined;
  }
}

/** @throws RangeError for bytes that are no facts of this version */
function parseFacts(bytes: Buffer): Uint32Array {
  const end = bytes.length - 4;
  const length = end - magic.length;
  if (length < 0 || length % (4 * rowWords) !== 0 || !bytes.subarray(0, magic.length).equals(magic))
    throw new RangeError('no facts');
  if (bytes.readUInt32LE(end) !== maskedCrc32c(bytes.subarray(0, end))) throw new RangeError('a sum that differs');
  const begin = bytes.byteOffset + magic.length;
  return new Uint32Array(bytes.buffer.slice(begin, begin + length));
}
