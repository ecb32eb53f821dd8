import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { indexFile, openDataset } from '../../../src/dataset/datasetIndex';
import { digestOf } from '../../../src/dataset/digestTable';
import { ImageFacts } from '../../../src/dataset/imageFacts';
import { type ImageLook, lookAt } from '../../../src/dataset/looks/lookAt';
import { PackedNames } from '../../../src/dataset/packedNames';
import { writeIndex } from '../../../src/dataset/savedIndex';
import { SavedListings } from '../../../src/dataset/savedListings';
import { maskedCrc32c } from '../../../src/files/crc32c';
import { damageBytes, inPlace, type Damage } from '../damage';
import type { ForeignReader } from '../foreignReader';
import type { NamedRandom } from '../random';

const names = ['Ada', 'Ben'] as const;
const images = Array.from({ length: 40 }, (_, index) => `face_${String(index).padStart(3, '0')}.png`);

/** What only the machine knows that reads an index, in the place of which something of the same kind stands in the file. */
const placeholders = { root: 'the root', stamp: { mtimeMs: 1000.5, ctimeMs: 2000.5, ino: 3000 } };

async function wholeIndex(): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'facenet-index-'));
  try {
    const file = join(folder, 'index');
    const person = { images: PackedNames.pack(images), stamp: placeholders.stamp, listedAt: 1e15 };
    const people = names.map((name) => ({ name, ...person, ignored: 1 }));
    await writeIndex(file, placeholders.root, people);
    return await readFile(file);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Magic and three lengths; bytes of a person's times, and of a number of a person. */
const [prefixBytes, timesBytes, numberBytes] = [20, 32, 4];

/** Parts of an index: `numbers` are images of everybody, then bytes of their names, sums of these, entries left out. */
interface IndexParts {
  people: number;
  times: Buffer;
  numbers: Buffer;
  root: Buffer;
  names: Buffer;
  /** Names of everybody's images. */
  body: Buffer;
}

/** The parts where their lengths fit into the file, whatever they hold. */
function partsOf(bytes: Buffer): IndexParts | undefined {
  if (bytes.length < prefixBytes) return undefined;
  const [people, ...texts] = [8, 12, 16].map((at) => bytes.readUInt32LE(at)) as [number, number, number];
  let at = prefixBytes;
  const [times, numbers, root, list] = [people * timesBytes, 4 * people * numberBytes, ...texts].map((length) =>
    bytes.subarray(at, (at += length)),
  ) as [Buffer, Buffer, Buffer, Buffer];
  if (at + 4 > bytes.length) return undefined;
  return { ...{ people, times, numbers, root, names: list }, body: bytes.subarray(at + 4) };
}

function headSum(bytes: Buffer, { body }: IndexParts): number {
  return maskedCrc32c(bytes.subarray(0, bytes.length - body.length - 4));
}

/** The file of some parts, with the lengths and the sum of its head that fit. */
function indexOf(parts: IndexParts): Buffer {
  const { people, times, numbers, root, names: list, body } = parts;
  const prefix = Buffer.alloc(prefixBytes, 'FNINDEX3', 'latin1');
  for (const [number, value] of [people, root.length, list.length].entries())
    prefix.writeUInt32LE(value, 8 + 4 * number);
  const index = Buffer.concat([prefix, times, numbers, root, list, Buffer.alloc(4), body]);
  index.writeUInt32LE(headSum(index, parts), index.length - body.length - 4);
  return index;
}

/** The index of which each person's images have such names, with sums that fit; their numbers are those before. */
function withLists(parts: IndexParts, lists: readonly Uint8Array[], counts?: readonly number[]): Buffer {
  const numbers = Buffer.from(parts.numbers);
  for (const [person, list] of lists.entries()) {
    if (counts !== undefined) numbers.writeUInt32LE(counts[person]!, numberBytes * person);
    numbers.writeUInt32LE(list.length, numberBytes * (names.length + person));
    numbers.writeUInt32LE(maskedCrc32c(list), numberBytes * (2 * names.length + person));
  }
  return indexOf({ ...parts, numbers, body: Buffer.concat(lists) });
}

const hostileNames = [
  '../a.png',
  '..',
  '',
  'a/b.png',
  '/etc/passwd',
  'a/../../../b.png',
  '.hidden',
  'a\0.png',
  'x'.repeat(3000),
];

/** Each gives an index whose sums fit again. */
const indexDamage: readonly ((bytes: Buffer, parts: IndexParts, random: NamedRandom) => Buffer)[] = [
  function hostileName(_, parts, random) {
    const list = PackedNames.pack(images.with(random.below(images.length), random.pick(hostileNames))).bytes;
    return withLists(parts, [list, parts.body.subarray(parts.body.length / 2)]);
  },
  function packedNames(_, parts, random) {
    const list = parts.body.subarray(0, parts.body.length / 2);
    const damaged = (random.chance(3) ? damageBytes : random.pick(Object.values(inPlace)))(list, random);
    // Beside a number of names that is another one, too.
    const counts = random.chance(4) ? [random.below(3 * damaged.length + 2), images.length] : undefined;
    return withLists(parts, [damaged, list], counts);
  },
  function lengths(bytes, _, random) {
    const prefix = random.pick(Object.values(inPlace))(bytes.subarray(8, prefixBytes), random);
    const damaged = Buffer.concat([bytes.subarray(0, 8), prefix, bytes.subarray(prefixBytes)]);
    const now = partsOf(damaged);
    if (now !== undefined) damaged.writeUInt32LE(headSum(damaged, now), damaged.length - now.body.length - 4);
    return damaged;
  },
  function numbers(_, parts, random) {
    const damaged = random.pick(Object.values(inPlace))(parts.numbers, random);
    return indexOf({ ...parts, numbers: damaged });
  },
  (_, parts, random) => indexOf({ ...parts, times: random.pick(Object.values(inPlace))(parts.times, random) }),
  (_, parts, random) => indexOf({ ...parts, names: damageBytes(parts.names, random) }),
];

/** A part of the index damaged and the sums made to fit, or the bytes as they are. */
const damageIndex: Damage = (bytes, random) =>
  random.chance(4) ? damageBytes(bytes, random) : random.pick(indexDamage)(bytes, partsOf(bytes)!, random);

/** The index as if it were of this dataset, whose folders have not changed since, where the sum of its head fits. */
function localised(bytes: Buffer, root: string): Buffer {
  const parts = partsOf(bytes);
  if (parts === undefined || bytes.toString('latin1', 0, 8) !== 'FNINDEX3') return bytes;
  if (bytes.readUInt32LE(bytes.length - parts.body.length - 4) !== headSum(bytes, parts)) return bytes;
  const times = Buffer.from(parts.times);
  for (const [person, name] of names.slice(0, parts.people).entries()) {
    const stamp = statSync(join(root, name));
    for (const [column, key] of (['mtimeMs', 'ctimeMs', 'ino'] as const).entries()) {
      const at = timesBytes * person + 8 * column;
      if (times.readDoubleLE(at) === placeholders.stamp[key]) times.writeDoubleLE(stamp[key], at);
    }
  }
  const isOfRoot = parts.root.toString('utf8') === placeholders.root;
  return indexOf({ ...parts, times, root: isOfRoot ? Buffer.from(resolve(root)) : parts.root });
}

const factRows = 30;
/** Words of a row (key, content, width, height, orientation) and of a segment (folder, first row, rows, sum). */
const [factWords, segmentWords] = [11, 7];

/** A file of facts in one segment, whose sums fit. */
function factsOf(rows: Uint8Array, folder: Uint32Array): Buffer {
  const count = Math.floor(rows.length / (4 * factWords));
  const segment = new Uint8Array(Uint32Array.from([...folder, 0, count, maskedCrc32c(rows)]).buffer);
  const end = new Uint8Array(Uint32Array.of(1, maskedCrc32c(segment)).buffer);
  return Buffer.concat([Buffer.from('FNFACT2\n', 'latin1'), rows, segment, end]);
}

const rowsOf = (facts: Buffer): Buffer => facts.subarray(8, facts.length - 4 * segmentWords - 8);

function wholeFacts(): Buffer {
  const rows = Uint32Array.from({ length: factRows * factWords }, (_, index) => Math.imul(index + 1, 2654435761) >>> 0);
  return factsOf(new Uint8Array(rows.buffer), Uint32Array.of(1, 2, 3, 4));
}

/** Rows damaged and the sums made to fit, the directory with a sum that fits, or the bytes as they are. */
const damageFacts: Damage = (bytes, random) => {
  if (random.chance(4)) return damageBytes(bytes, random);
  const damage = random.pick(Object.values(inPlace));
  if (random.chance(2)) return factsOf(damage(rowsOf(bytes), random), Uint32Array.of(1, 2, 3, 4));
  const damaged = Buffer.from(bytes);
  const directory = damaged.subarray(bytes.length - 4 * segmentWords - 8, bytes.length - 8);
  damage(directory, random).copy(directory);
  damaged.writeUInt32LE(maskedCrc32c(directory), bytes.length - 4);
  return damaged;
};

/** The facts as if their first row were of this picture, where they are in one segment whose sum fits. */
function localisedFacts(bytes: Buffer, folder: Uint32Array, key: Uint32Array): Buffer {
  const rows = Buffer.from(rowsOf(bytes));
  const isWhole =
    bytes.length > 8 + 4 * (factWords + segmentWords) && factsOf(rows, Uint32Array.of(1, 2, 3, 4)).equals(bytes);
  if (!isWhole) return bytes;
  Buffer.from(key.buffer).copy(rows);
  return factsOf(rows, folder);
}

function requireInside(root: string, person: string, paths: Iterable<string>): void {
  for (const path of paths)
    if (dirname(path) !== join(root, person) || path.includes('\0') || path.length > root.length + 2000)
      throw new Error(`an image of ${person} is ${path}`);
}

export const datasetReaders: readonly ForeignReader[] = [
  {
    ...{ name: 'index of a dataset', tells: 'never', damage: damageIndex, files: async () => [await wholeIndex()] },
    async open(folder) {
      const [root, index] = [join(folder, 'people'), join(folder, 'index')];
      for (const path of [index, ...names.map((name) => join(root, name))]) mkdirSync(path, { recursive: true });
      const file = indexFile(index, root, 'index');
      // The folders are empty: what is read of a whole index is what stands in it.
      writeFileSync(file, localised(await wholeIndex(), root));
      const { dataset, notes } = await openDataset(root, { index });
      if (notes.length > 0 || dataset.people.some((person) => person.images.length !== images.length))
        throw new Error('A whole index is not used: these files are of another format.');
      return {
        async read(bytes) {
          writeFileSync(file, localised(bytes, root));
          // One person alone first: an index that cannot be used is written anew when all are opened.
          const listings = await SavedListings.open(root, index);
          for (const name of names) {
            await listings.count(name);
            requireInside(root, name, await listings.images(name));
          }
          await listings.close();
          const { dataset, notes } = await openDataset(root, { index });
          for (const person of dataset.people) requireInside(root, person.name, person.images);
          return [dataset, notes];
        },
      };
    },
  },
  {
    ...{ name: 'facts of images', tells: 'never', damage: damageFacts, files: async () => [wholeFacts()] },
    async open(folder) {
      const [file, picture] = [join(folder, 'a.facts'), join(folder, 'a.png')];
      writeFileSync(picture, 'no picture');
      // Only of files that have rested for two seconds is anything known.
      await new Promise((resolve) => setTimeout(resolve, 2100));
      const { keys } = await lookAt('keys', [picture]);
      const read = async (bytes: Buffer): Promise<{ looks: ImageLook[]; notes: string[] }> => {
        writeFileSync(file, localisedFacts(bytes, digestOf(folder), keys));
        const facts = new ImageFacts(file);
        const looks: ImageLook[] = [];
        await facts.look([picture], { decode: false }, (look) => void looks.push(look));
        return { looks, notes: facts.notes };
      };
      const { looks, notes } = await read(wholeFacts());
      // The picture is none: it has a width in the facts alone.
      if (notes.length > 0 || looks[0]!.fault !== undefined || looks[0]!.width === 0)
        throw new Error('Whole facts are not used: these files are of another format.');
      return { read };
    },
  },
];
