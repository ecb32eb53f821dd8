import { writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readMtcnnWeights } from '../../../src/align/mtcnn/weights';
import { encodeNpy, readNpy, toFloat64 } from '../../../src/checkpoint/npy';
import { readNpyDictionary } from '../../../src/checkpoint/npyDictionary';
import { mtcnnShapes, pickledWeights } from '../../fixtures/pickledWeights';
import { readVerificationSet } from '../../../src/recognize/verificationSet';
import { pickledSet } from '../../fixtures/verificationSet';
import { damageBytes, type Damage } from '../damage';
import type { ForeignReader } from '../foreignReader';

const numbers = (count: number): Float32Array => Float32Array.from({ length: count }, (_, i) => Math.cos(i));

/** A file whose values stand column by column. */
function columnMajor(bytes: Buffer): Buffer {
  const text = bytes.toString('latin1').replace("'fortran_order': False, ", "'fortran_order': True,  ");
  return Buffer.from(text, 'latin1');
}

const dictionary = new Map([
  ['conv1/weights', { shape: [3, 3, 1, 2], data: numbers(18) }],
  ['conv1/biases', { shape: [2], data: numbers(2) }],
  ['PReLU1/alpha', { shape: [2], data: numbers(2) }],
]);

/** MTCNN's first network in other forms: without a field, or with one of another shape. */
const damageFields: Damage = (bytes, random) => {
  if (random.chance(4)) return damageBytes(bytes, random);
  const tensors = new Map(mtcnnShapes['det1.npy']);
  const name = random.pick([...tensors.keys()]);
  const { shape } = tensors.get(name)!;
  const other = [shape.toReversed(), shape.with(random.below(shape.length), random.below(9)), undefined];
  const given = random.pick(other);
  if (given === undefined) tensors.delete(name);
  else tensors.set(name, { shape: given });
  return pickledWeights(tensors);
};

const notNumbers = /is not a NumPy file|holds values of type/;
/** Arrays are told by their names, where they are none. */
const noDictionary =
  /is not a NumPy file|holds an array of|holds no dictionary|a name is not a string|shares its values/;

/** A set is told by its lists. */
const noSet =
  /holds no list of images|holds no two lists|images for \d+ answers|its image \d+ is no file|its answer \d+ is neither/;

export const arrayReaders: readonly ForeignReader[] = [
  {
    ...{ name: 'npy: numbers', tells: 'offset', damage: damageBytes, asWhole: notNumbers },
    files: async () => [
      encodeNpy({ shape: [6, 4], data: numbers(24) }),
      encodeNpy({ shape: [5], data: BigInt64Array.of(1n, 2n, -3n, 4n, 5n) }),
      columnMajor(encodeNpy({ shape: [3, 2, 2], data: Float64Array.from(numbers(12)) })),
    ],
    open: async (folder) => ({
      async read(bytes) {
        writeFileSync(join(folder, 'emb.npy'), bytes);
        return toFloat64(await readNpy(join(folder, 'emb.npy')));
      },
    }),
  },
  {
    ...{ name: 'npy: pickled dictionary', tells: 'offset', damage: damageBytes, asWhole: noDictionary },
    files: async () => [pickledWeights(dictionary)],
    open: async (folder) => ({
      async read(bytes) {
        writeFileSync(join(folder, 'weights.npy'), bytes);
        return readNpyDictionary(join(folder, 'weights.npy'));
      },
    }),
  },
  {
    ...{ name: 'verification set', tells: 'offset', damage: damageBytes, asWhole: noSet },
    files: async () => {
      const images = Array.from({ length: 6 }, (_, image) => Buffer.from(`image ${image}`));
      return [pickledSet(images, [true, false, true]), pickledSet(images, [true, false, true], 4)];
    },
    open: async (folder) => ({
      async read(bytes) {
        writeFileSync(join(folder, 'set.bin'), bytes);
        return readVerificationSet(join(folder, 'set.bin'));
      },
    }),
  },
  {
    ...{ name: "MTCNN's weights", tells: 'file', damage: damageFields },
    files: async () => [pickledWeights(mtcnnShapes['det1.npy'])],
    async open(folder) {
      for (const [name, tensors] of Object.entries(mtcnnShapes))
        await writeFile(join(folder, name), pickledWeights(tensors));
      return {
        async read(bytes) {
          writeFileSync(join(folder, 'det1.npy'), bytes);
          return readMtcnnWeights(folder);
        },
      };
    },
  },
];
