// The file of an index: what is known of all people first, then the names of their images, so that one person's can be
// read alone.
import { open, type FileHandle } from 'node:fs/promises';
import { dirname, sep } from 'node:path';
import { writeAside } from '../files/atomicFile';
import { maskedCrc32c } from '../files/crc32c';
import { makeFolder } from '../files/makeFolder';
import { readExactly } from '../files/readExactly';
import { type FolderStamp, isSameStamp, isSettled } from './folderStamp';
import { PackedNames } from './packedNames';
import { byCodePoint, type PersonListing } from './scan';

/** The listing of a person's folder, and when it was made. */
export interface IndexedPerson extends PersonListing {
  readonly name: string;
  readonly stamp: FolderStamp;
  /** Milliseconds since 1970. */
  readonly listedAt: number;
}

const magic = Buffer.from('FNINDEX3', 'latin1');
/** Magic, then three lengths: people, and bytes of the dataset's path and of their names. */
const prefixBytes = magic.length + 3 * 4;
/** Of each person: times of the last changes and inode of the folder, when it was listed; as float64. */
const timesOfPerson = 4;
/** Of each person: images, bytes of their names, sum of these, entries that were left out; as uint32. */
const numbersOfPerson = 4;
const sumBytes = 4;

/**
 * An index that is open for reading. What it holds is the file, and a few bytes for each person and for every 32 names of
 * images: names become strings when they are asked for.
 */
export class SavedIndex {
  /** The person that was found last: who asks for all of them asks in their order. */
  private found = -1;

  private constructor(
    private readonly file: FileHandle,
    private readonly head: Head,
  ) {}

  /**
   * Reads what is known of the people; the names of images stay in the file.
   * @throws RangeError where it is damaged, of another version or of another dataset; the system's error
   */
  static async open(path: string, root: string): Promise<SavedIndex> {
    const file = await open(path, 'r');
    try {
      return new SavedIndex(file, await readHead(file, root));
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  get people(): number {
    return this.head.names.length;
  }

  /** Number of a person; undefined for one that it does not know. */
  personOf(name: string): number | undefined {
    const { names } = this.head;
    const next = this.found + 1;
    const person = names.at(next) === name ? next : names.indexOf(name, byCodePoint);
    if (person !== undefined) this.found = person;
    return person;
  }

  /** Whether what it says of a person is so: the folder has not changed since it was listed. */
  isCurrent(person: number, now: FolderStamp): boolean {
    const { stamp, listedAt } = this.about(person);
    return isSettled(stamp, listedAt) && isSameStamp(stamp, now);
  }

  /** All that it says of a person but the names. */
  about(person: number): Omit<IndexedPerson, 'images' | 'name'> {
    const { times, ignored } = this.head;
    const time = (column: number): number => times.readDoubleLE(8 * (timesOfPerson * person + column));
    const stamp = { mtimeMs: time(0), ctimeMs: time(1), ino: time(2) };
    return { stamp, listedAt: time(3), ignored: ignored[person]! };
  }

  /** Number of a person's images. */
  imagesOf(person: number): number {
    return this.head.images[person]!;
  }

  /** Names of a person's images. @throws RangeError where they are damaged */
  async namesOf(person: number): Promise<PackedNames> {
    const { body, bytes, sums, images } = this.head;
    const start = bytes.subarray(0, person).reduce((sum, length) => sum + length, body);
    const names = await readAt(this.file, start, bytes[person]!);
    requireSum(names, sums[person]!);
    return PackedNames.unpack(images[person]!, names, sep);
  }

  /** Gives the names of a person's images by the person's number. @throws RangeError where any of them are damaged */
  async allNames(): Promise<(person: number) => PackedNames> {
    const { body, bytes, sums, images, bodyBytes } = this.head;
    const names = await readAt(this.file, body, bodyBytes);
    let start = 0;
    for (const [person, length] of bytes.entries()) requireSum(names.subarray(start, (start += length)), sums[person]!);
    return PackedNames.unpackAll({ names: images, bytes }, names, sep);
  }

  async close(): Promise<void> {
    await this.file.close();
  }
}

interface Head {
  names: PackedNames;
  /** float64, `timesOfPerson` of each person. */
  times: Buffer;
  images: Uint32Array;
  /** Of the packed names of each person. */
  bytes: Uint32Array;
  sums: Uint32Array;
  ignored: Uint32Array;
  /** Where the names of images begin. */
  body: number;
  bodyBytes: number;
}

async function readHead(file: FileHandle, root: string): Promise<Head> {
  const { size } = await file.stat();
  const prefix = await readAt(file, 0, prefixBytes);
  if (!prefix.subarray(0, magic.length).equals(magic)) throw new RangeError('no index of this version');
  const [people, rootBytes, nameBytes] = Array.from({ length: 3 }, (_, number) =>
    prefix.readUInt32LE(magic.length + 4 * number),
  ) as [number, number, number];
  const lengths = [people * timesOfPerson * 8, people * numbersOfPerson * 4, rootBytes, nameBytes];
  const headBytes = lengths.reduce((sum, length) => sum + length, 0);
  const body = prefixBytes + headBytes + sumBytes;
  if (body > size) throw new RangeError('it is cut off');
  const head = await readAt(file, prefixBytes, headBytes + sumBytes);
  if (head.readUInt32LE(headBytes) !== maskedCrc32c(prefix, head.subarray(0, headBytes)))
    throw new RangeError('a sum that differs');
  let at = 0;
  const [times, numbers, path, names] = lengths.map((length) => head.subarray(at, (at += length))) as [
    ...[Buffer, Buffer, Buffer, Buffer],
  ];
  if (!path.equals(Buffer.from(root))) throw new RangeError('another dataset');
  const [images, bytes, sums, ignored] = [0, 1, 2, 3].map((part) =>
    Uint32Array.from({ length: people }, (_, person) => numbers.readUInt32LE(4 * (part * people + person))),
  ) as [Uint32Array, Uint32Array, Uint32Array, Uint32Array];
  const bodyBytes = bytes.reduce((sum, length) => sum + length, 0);
  if (body + bodyBytes !== size) throw new RangeError('it is cut off');
  return { names: PackedNames.unpack(people, names, sep), ...{ times, images, bytes, sums, ignored, body, bodyBytes } };
}

function requireSum(bytes: Uint8Array, sum: number): void {
  if (maskedCrc32c(bytes) !== sum) throw new RangeError('a sum that differs');
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  await readExactly(file, position, bytes);
  return bytes;
}

/**
 * Writes an index aside, renames it and makes its folder where that is missing.
 * @param people ascending by their names
 * @throws the system's error
 */
export async function writeIndex(path: string, root: string, people: readonly IndexedPerson[]): Promise<void> {
  const times = Buffer.alloc(people.length * timesOfPerson * 8);
  const numbers = Buffer.alloc(people.length * numbersOfPerson * 4);
  for (const [person, { stamp, listedAt, images, ignored }] of people.entries()) {
    for (const [column, time] of [stamp.mtimeMs, stamp.ctimeMs, stamp.ino, listedAt].entries())
      times.writeDoubleLE(time, 8 * (timesOfPerson * person + column));
    for (const [row, number] of [images.length, images.bytes.length, maskedCrc32c(images.bytes), ignored].entries())
      numbers.writeUInt32LE(number, 4 * (row * people.length + person));
  }
  const names = PackedNames.pack(people.map(({ name }) => name)).bytes;
  const parts = [times, numbers, Buffer.from(root), names];
  const prefix = Buffer.alloc(prefixBytes, magic);
  for (const [number, length] of [people.length, ...parts.slice(2).map((part) => part.length)].entries())
    prefix.writeUInt32LE(length, magic.length + 4 * number);
  const sum = Buffer.alloc(sumBytes);
  sum.writeUInt32LE(maskedCrc32c(prefix, ...parts));
  await makeFolder(dirname(path));
  const aside = await writeAside(path, async (file) => {
    await file.writeFile(Buffer.concat([prefix, ...parts, sum]));
    for (let first = 0; first < people.length; first += peoplePerWrite) {
      const some = people.slice(first, first + peoplePerWrite);
      await file.writeFile(Buffer.concat(some.map(({ images }) => images.bytes)));
    }
  });
  await aside.commit();
}

/** So that the names of a million images are not gathered a second time. */
const peoplePerWrite = 256;
