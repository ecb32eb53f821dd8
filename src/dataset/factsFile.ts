// The file of what was seen of images: rows of one folder after another, then where those of each folder stand, so that
// one folder's are read at a time.
import { open, type FileHandle } from 'node:fs/promises';
import { maskedCrc32c } from '../files/crc32c';
import { readExactly } from '../files/readExactly';
import { type DigestTable, digestWords, tableOf } from './digestTable';

/** Words of 32 bits of one image: key, content, width, height, orientation. */
export const rowWords = 2 * digestWords + 3;
const rowBytes = 4 * rowWords;

const magic = Buffer.from('FNFACT2\n', 'latin1');

/** Words of a segment in the directory: digest of the folder, first row, rows, sum of them. */
const entryWords = digestWords + 3;
/** At the end of the file: segments, sum of the directory. */
const endBytes = 8;
/** What is gathered before it is written. */
const writtenAtOnce = 1 << 20;

/** Rows of a folder. */
export interface FolderFacts {
  /** [N, rowWords] */
  words: Uint32Array;
  /** Number of each row among those of the file, [N]. */
  numbers: Uint32Array;
}

/** A file of facts that is open for reading. */
export class FactsReader {
  private constructor(
    private readonly file: FileHandle,
    /** Rows of all folders. */
    readonly rows: number,
    /** [segments, entryWords] */
    private readonly directory: Uint32Array,
    /** Finds a folder's first segment. */
    private readonly folderTable: DigestTable,
    /** Number of the folder's next segment, 0 for none. */
    private readonly next: Uint32Array,
  ) {}

  /** @throws RangeError for a file that is damaged or of another version; the system's error */
  static async open(path: string): Promise<FactsReader> {
    const file = await open(path, 'r');
    try {
      return await FactsReader.read(file);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  private static async read(file: FileHandle): Promise<FactsReader> {
    const { size } = await file.stat();
    const end = new Uint32Array(endBytes / 4);
    if (size < magic.length + endBytes) throw new RangeError('no facts');
    await readExactly(file, size - endBytes, bytesOf(end));
    const [segments, sum] = end as unknown as [number, number];
    const directoryBytes = 4 * entryWords * segments;
    const rowsBytes = size - endBytes - directoryBytes - magic.length;
    if (rowsBytes < 0 || rowsBytes % rowBytes !== 0) throw new RangeError('no facts');
    const begin = Buffer.alloc(magic.length);
    await readExactly(file, 0, begin);
    const directory = new Uint32Array(directoryBytes / 4);
    await readExactly(file, size - endBytes - directoryBytes, bytesOf(directory));
    if (!begin.equals(magic) || maskedCrc32c(bytesOf(directory)) !== sum) throw new RangeError('no facts');
    const next = new Uint32Array(segments);
    let rows = 0;
    for (let segment = 0; segment < segments; segment++) {
      const [first, count] = directory.subarray(entryWords * segment + digestWords) as unknown as [number, number];
      if (first !== rows) throw new RangeError('rows that are not there');
      rows += count;
    }
    if (rows * rowBytes !== rowsBytes) throw new RangeError('rows that are not there');
    const folders = tableOf(directory, entryWords);
    // From the last one on, so that the chain of a folder begins with its first segment.
    const heads = new Map<number, number>();
    for (let segment = segments - 1; segment >= 0; segment--) {
      const first = folders.find(directory, entryWords * segment);
      next[segment] = heads.get(first) ?? 0;
      if (first !== segment) heads.set(first, segment);
    }
    return new FactsReader(file, rows, directory, folders, next);
  }

  /** Number of parts that the rows of folders stand in. */
  get segments(): number {
    return this.next.length;
  }

  /** Number of a folder's first segment; −1 where there is none. */
  segmentOf(folder: Uint32Array): number {
    return this.folderTable.find(folder);
  }

  /** Rows of a folder. @throws RangeError where they are damaged */
  async rowsOf(folder: Uint32Array): Promise<FolderFacts> {
    return this.chain(this.segmentOf(folder));
  }

  /** The digests of all folders. */
  *folders(): Generator<Uint32Array> {
    for (let segment = 0; segment < this.next.length; segment++) {
      const folder = this.directory.slice(entryWords * segment, entryWords * segment + digestWords);
      if (this.folderTable.find(folder) === segment) yield folder;
    }
  }

  async close(): Promise<void> {
    await this.file.close();
  }

  private async chain(first: number): Promise<FolderFacts> {
    const parts: { first: number; count: number; sum: number }[] = [];
    for (let segment = first; segment !== -1; segment = this.next[segment]! || -1) {
      const at = entryWords * segment + digestWords;
      const [start, count, sum] = this.directory.subarray(at, at + 3) as unknown as [number, number, number];
      parts.push({ first: start, count, sum });
    }
    const rows = parts.reduce((total, { count }) => total + count, 0);
    const [words, numbers] = [new Uint32Array(rows * rowWords), new Uint32Array(rows)];
    let row = 0;
    for (const { first: start, count, sum } of parts) {
      const some = bytesOf(words).subarray(row * rowBytes, (row + count) * rowBytes);
      await readExactly(this.file, magic.length + start * rowBytes, some);
      if (maskedCrc32c(some) !== sum) throw new RangeError('a sum that differs');
      for (let index = 0; index < count; index++) numbers[row + index] = start + index;
      row += count;
    }
    return { words, numbers };
  }
}

/** Writes a file of facts from its beginning on. */
export class FactsWriter {
  private readonly directory: number[] = [];
  private waiting: Uint8Array[] = [magic];
  private waitingBytes = 0;
  private rows = 0;

  constructor(private readonly file: FileHandle) {}

  /** @param words rows of a folder, [N, rowWords]; kept until they are written */
  async add(folder: Uint32Array, words: Uint32Array): Promise<void> {
    if (words.length === 0) return;
    const bytes = bytesOf(words);
    this.directory.push(...folder, this.rows, words.length / rowWords, maskedCrc32c(bytes));
    this.rows += words.length / rowWords;
    this.waiting.push(bytes);
    this.waitingBytes += bytes.length;
    if (this.waitingBytes >= writtenAtOnce) await this.write();
  }

  /** Writes what has been added and where it stands. */
  async finish(): Promise<void> {
    const directory = bytesOf(Uint32Array.from(this.directory));
    const end = Uint32Array.of(this.directory.length / entryWords, maskedCrc32c(directory));
    this.waiting.push(directory, bytesOf(end));
    await this.write();
  }

  private async write(): Promise<void> {
    const bytes = Buffer.concat(this.waiting);
    [this.waiting, this.waitingBytes] = [[], 0];
    await this.file.writeFile(bytes);
  }
}

function bytesOf(words: Uint32Array): Uint8Array {
  return new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
}
