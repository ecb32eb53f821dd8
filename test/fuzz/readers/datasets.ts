import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { indexFile, openDataset } from '../../../src/dataset/datasetIndex';
import { digestOf } from '../../../src/dataset/digestTable';
import { ImageFacts } from '../../../src/dataset/imageFacts';
import { lookAt } from '../../../src/dataset/looks/lookAt';
import { PackedNames } from '../../../src/dataset/packedNames';
import { maskedCrc32c } from '../../../src/files/crc32c';
import { damageBytes, inPlace, type Damage } from '../damage';
import { damageJson } from '../damageText';
import type { ForeignReader } from '../foreignReader';

const names = ['Ada', 'Ben'] as const;
const images = Array.from({ length: 40 }, (_, index) => `face_${String(index).padStart(3, '0')}.png`);

/** What only the machine knows that reads an index, in the place of which something of the same kind stands in the file. */
const placeholders = { root: 'the root', mtimeMs: 1000.5, ctimeMs: 2000.5, ino: 3000 };

interface IndexParts {
  header: Buffer;
  /** Packed names of all people. */
  names: Buffer;
}

function sealed(...parts: readonly Uint8Array[]): Buffer {
  const sum = Buffer.alloc(4);
  sum.writeUInt32LE(maskedCrc32c(...parts));
  return Buffer.concat([...parts, sum]);
}

function indexOf({ header, names: list }: IndexParts): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(header.length);
  return sealed(Buffer.from('FNINDEX\n', 'latin1'), length, header, list);
}

/** The parts of an index whose sum fits, whatever they hold. */
function partsOf(bytes: Buffer): IndexParts | undefined {
  const end = bytes.length - 4;
  if (end < 12 || bytes.readUInt32LE(end) !== maskedCrc32c(bytes.subarray(0, end))) return undefined;
  const begin = 12 + bytes.readUInt32LE(8);
  return { header: bytes.subarray(12, begin), names: bytes.subarray(begin, end) };
}

function indexOfImages(files: readonly string[]): Buffer {
  const packed = PackedNames.pack(files).bytes;
  const { root, ...stamp } = placeholders;
  const person = { images: files.length, bytes: packed.length, ignored: ['.hidden'], stamp, listedAt: 1e15 };
  const header = { version: 1, root, people: names.map((name) => ({ name, ...person })) };
  return indexOf({ header: Buffer.from(JSON.stringify(header)), names: Buffer.concat([packed, packed]) });
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

/** The header or the names damaged, and the sum made to fit; or the bytes as they are. */
const damageIndex: Damage = (bytes, random) => {
  if (random.chance(4)) return damageBytes(bytes, random);
  if (random.chance(4)) return indexOfImages(images.with(random.below(images.length), random.pick(hostileNames)));
  const { header, names: list } = partsOf(bytes)!;
  return random.chance(2)
    ? indexOf({ header: damageJson(header, random), names: list })
    : indexOf({ header, names: (random.chance(3) ? damageBytes : random.pick(Object.values(inPlace)))(list, random) });
};

/** The index as if it were of this dataset, whose folders have not changed since. */
function localised(bytes: Buffer, root: string): Buffer {
  const parts = partsOf(bytes);
  if (parts === undefined) return bytes;
  let person = 0;
  const header = parts.header
    .toString('utf8')
    .replace(JSON.stringify(placeholders.root), JSON.stringify(resolve(root)))
    .replace(/"mtimeMs":1000\.5,"ctimeMs":2000\.5,"ino":3000/g, () => {
      const { mtimeMs, ctimeMs, ino } = statSync(join(root, names[person++ % names.length]!));
      return `"mtimeMs":${mtimeMs},"ctimeMs":${ctimeMs},"ino":${ino}`;
    });
  return indexOf({ header: Buffer.from(header), names: parts.names });
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

export const datasetReaders: readonly ForeignReader[] = [
  {
    ...{ name: 'index of a dataset', tells: 'never', damage: damageIndex, files: async () => [indexOfImages(images)] },
    async open(folder) {
      const [root, index] = [join(folder, 'people'), join(folder, 'index')];
      for (const path of [index, ...names.map((name) => join(root, name))]) mkdirSync(path, { recursive: true });
      const file = indexFile(index, root, 'index');
      return {
        async read(bytes) {
          writeFileSync(file, localised(bytes, root));
          const { dataset, notes } = await openDataset(root, { index });
          for (const person of dataset.people)
            for (const path of person.images)
              if (dirname(path) !== join(root, person.name) || path.includes('\0') || path.length > root.length + 2000)
                throw new Error(`an image of ${person.name} is ${path}`);
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
      return {
        async read(bytes) {
          writeFileSync(file, localisedFacts(bytes, digestOf(folder), keys));
          const facts = new ImageFacts(file);
          const looks: unknown[] = [];
          await facts.look([picture], { decode: false }, (look) => void looks.push(look));
          return [looks, facts.notes];
        },
      };
    },
  },
];
