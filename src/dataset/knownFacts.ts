// What a file of facts knows, and what is new, for one look at many images.
import { dirname } from 'node:path';
import { openAside } from '../files/atomicFile';
import { makeFolder } from '../files/makeFolder';
import { digestOf, type DigestTable, digestWords, tableOf } from './digestTable';
import { FactsReader, FactsWriter, type FolderFacts, rowWords } from './factsFile';
import type { ImageFault } from '../protocol/problem';
import type { ImageLook } from './looks/lookAt';

export type Seen = Exclude<ImageLook, { fault: ImageFault }>;

/** What is known of the images of a folder. */
class KnownFolder {
  private readonly table: DigestTable;

  /** @param onUse told the number of each row that is used */
  constructor(
    readonly facts: FolderFacts,
    private readonly onUse: (row: number) => void,
  ) {
    this.table = tableOf(facts.words, rowWords);
  }

  /** What is known of an image by its key; undefined where it is not, or was not decoded though it has to be. */
  find(keys: Uint32Array, offset: number, decode: boolean): Seen | undefined {
    const { words, numbers } = this.facts;
    const row = this.table.find(keys, offset);
    if (row === -1) return undefined;
    const at = row * rowWords + digestWords;
    const [width, height, orientation] = words.subarray(at + digestWords, at + digestWords + 3);
    if (decode && width === 0) return undefined;
    this.onUse(numbers[row]!);
    return { content: words.subarray(at, at + digestWords), width: width!, height: height!, orientation: orientation! };
  }
}

/** Of files with up to so many rows each folder that was read is held: pairs show people in any order. */
const mostHeldRows = 1 << 16;
/** Folders that are held of larger files; images are looked at folder by folder, on several threads. */
const fewFolders = 4;

interface HeldFolder {
  path: string;
  folder: Promise<KnownFolder>;
}

/** Facts of the images that a file knows, read a folder at a time. */
export class KnownFacts {
  /**
   * At each place the last folder of those that belong there. Not a Map: the tables that one outgrows lead from each to the
   * next, so that after the first that has grown old V8 keeps what was in them until the old generation is collected.
   */
  private readonly held: (HeldFolder | undefined)[];
  /** A bit for each row that was used. */
  private readonly used: Uint8Array;

  constructor(
    private readonly reader: FactsReader,
    /** Told once where a part of the file is damaged. */
    private readonly onDamage: () => void,
  ) {
    this.used = new Uint8Array(Math.ceil(reader.rows / 8));
    const places = reader.rows <= mostHeldRows ? reader.segments + 1 : fewFolders;
    this.held = Array.from({ length: places }, () => undefined);
  }

  get rows(): number {
    return this.reader.rows;
  }

  /**
   * Gives `take` what is known of each of some images that follow one another, in their order: undefined where it is not
   * known, or was not decoded though it has to be.
   */
  async findAll(
    paths: readonly string[],
    { keys, settled }: { keys: Uint32Array; settled: Uint8Array },
    decode: boolean,
    take: (seen: Seen | undefined, index: number) => void,
  ): Promise<void> {
    let [path, folder]: [string, KnownFolder | undefined] = ['', undefined];
    for (const [index, image] of paths.entries()) {
      if (folder === undefined || dirname(image) !== path) {
        path = dirname(image);
        folder = await this.folder(path);
      }
      take(settled[index] === 1 ? folder.find(keys, digestWords * index, decode) : undefined, index);
    }
  }

  /** What is known of a folder's images; nothing where it is damaged. */
  private async folder(path: string): Promise<KnownFolder> {
    const digest = digestOf(path);
    const place = (this.reader.segmentOf(digest) + 1) % this.held.length;
    const held = this.held[place];
    if (held?.path === path) return held.folder;
    const use = (number: number): void => void (this.used[number >> 3]! |= 1 << (number & 7));
    const folder = this.read(digest).then((facts) => new KnownFolder(facts, use));
    this.held[place] = { path, folder };
    return folder;
  }

  /** Gives all rows to `take`, or those that were used, folder by folder. */
  async copy(all: boolean, take: (folder: Uint32Array, words: Uint32Array) => Promise<void>): Promise<void> {
    for (const folder of this.reader.folders()) {
      const { words, numbers } = await this.read(folder);
      const kept = new Uint32Array(words.length);
      let length = 0;
      for (const [row, number] of numbers.entries()) {
        if (!all && (this.used[number >> 3]! & (1 << (number & 7))) === 0) continue;
        kept.set(words.subarray(row * rowWords, (row + 1) * rowWords), length);
        length += rowWords;
      }
      await take(folder, kept.subarray(0, length));
    }
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.held.map(async (held) => held?.folder));
    await this.reader.close();
  }

  /** Rows of a folder; none where they are damaged. */
  private async read(folder: Uint32Array): Promise<FolderFacts> {
    return this.reader.rowsOf(folder).catch((error: unknown) => {
      if (!(error instanceof RangeError)) throw error;
      this.onDamage();
      return { words: new Uint32Array(0), numbers: new Uint32Array(0) };
    });
  }
}

/** Rows of a folder that are gathered before they are written. */
const rowsPerSegment = 1 << 12;

interface Segment {
  folder: string;
  rows: Uint32Array[];
}

/** What a look has found that is not kept yet; written beside the file as it comes, so that memory does not grow. */
export class NewFacts {
  count = 0;
  private segment: Segment = { folder: '', rows: [] };
  private full: Segment[] = [];
  private aside: { file: Awaited<ReturnType<typeof openAside>>; writer: FactsWriter } | undefined;

  constructor(private readonly path: string) {}

  add(image: string, key: Uint32Array, { content, width, height, orientation }: Seen): void {
    const folder = dirname(image);
    if (this.segment.folder !== folder || this.segment.rows.length === rowsPerSegment) this.begin(folder);
    this.segment.rows.push(Uint32Array.of(...key, ...content, width, height, orientation));
    this.count++;
  }

  /** Writes the folders that are through. @throws the system's error */
  async write(): Promise<void> {
    const segments = this.full;
    this.full = [];
    for (const { folder, rows } of segments) {
      const words = new Uint32Array(rows.length * rowWords);
      for (const [row, values] of rows.entries()) words.set(values, row * rowWords);
      await (await this.writer()).add(digestOf(folder), words);
    }
  }

  /**
   * Puts what is new into the place of the file, with what that knows: everything where both together are `capacity` rows
   * at most, else what was used. @throws the system's error
   */
  async replace(known: KnownFacts | undefined, capacity: number): Promise<void> {
    this.begin('');
    await this.write();
    const writer = await this.writer();
    const everything = (known?.rows ?? 0) + this.count <= capacity;
    await known?.copy(everything, async (folder, words) => writer.add(folder, words));
    await writer.finish();
    const aside = await this.aside!.file.finish();
    // Windows replaces no file that is open.
    await known?.close();
    await aside.commit();
    this.aside = undefined;
  }

  async discard(): Promise<void> {
    await this.aside?.file.discard();
  }

  private begin(folder: string): void {
    if (this.segment.rows.length > 0) this.full.push(this.segment);
    this.segment = { folder, rows: [] };
  }

  private async writer(): Promise<FactsWriter> {
    if (this.aside === undefined) {
      await makeFolder(dirname(this.path));
      const file = await openAside(this.path);
      this.aside = { file, writer: new FactsWriter(file.file) };
    }
    return this.aside.writer;
  }
}
