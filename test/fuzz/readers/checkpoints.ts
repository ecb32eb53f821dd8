import { writeFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseBundleIndex } from '../../../src/checkpoint/bundleIndex';
import { openModel } from '../../../src/checkpoint/model';
import { encodeTable, readTable } from '../../../src/checkpoint/sortedTable';
import { modelStatistics } from '../../../src/checkpoint/statistics';
import { readWeightsManifest } from '../../../src/checkpoint/weightsManifest';
import { writeCheckpoint } from '../../../src/checkpoint/writeCheckpoint';
import { maskedCrc32c } from '../../../src/files/crc32c';
import { frozenGraphOf, type GraphConstant } from '../../fixtures/frozenGraph';
import { damageBytes, inPlace, type Damage } from '../damage';
import { damageJson, damageText } from '../damageText';
import type { ForeignReader, OpenReader } from '../foreignReader';

const numbers = (count: number): Float32Array => Float32Array.from({ length: count }, (_, i) => Math.sin(i));

/** Files of a small checkpoint, by the ends of their names. */
async function checkpointFiles(): Promise<{ index: Buffer; data: Buffer }> {
  const folder = await mkdtemp(join(tmpdir(), 'facenet-fuzz-'));
  try {
    const prefix = join(folder, 'm');
    await writeCheckpoint(
      prefix,
      new Map([
        ['conv/weights', { shape: [3, 3, 2, 4], data: numbers(72) }],
        ['conv/weights/Adam', { shape: [3, 3, 2, 4], data: numbers(72) }],
        ['conv/BatchNorm/beta', { shape: [4], data: numbers(4) }],
        ['Logits/biases', { shape: [3], data: numbers(3) }],
        ['global_step', { shape: [], data: BigInt64Array.of(275n) }],
        ['counts', { shape: [5], data: Uint8Array.of(1, 2, 3, 4, 5) }],
      ]),
    );
    return { index: await readFile(`${prefix}.index`), data: await readFile(`${prefix}.data-00000-of-00001`) };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Everything that is done with a model: its header, its values, their statistics. */
async function readModel(path: string): Promise<unknown> {
  const model = await openModel(path);
  return [await modelStatistics(model), await model.readAll()];
}

async function openCheckpoint(folder: string, damaged: 'index' | 'data'): Promise<OpenReader> {
  const files = await checkpointFiles();
  const paths = { index: join(folder, 'm.index'), data: join(folder, 'm.data-00000-of-00001') };
  await writeFile(paths.index, files.index);
  await writeFile(paths.data, files.data);
  return {
    async read(bytes) {
      writeFileSync(paths[damaged], bytes);
      return readModel(join(folder, 'm'));
    },
  };
}

/** A table whose entries are damaged, not the table: checksums fit. */
const damageEntries: Damage = (bytes, random) => {
  const entries = readTable(bytes);
  const damaged = entries.map((entry, at) => {
    if (at > 0 && !random.chance(3)) return entry;
    return { key: entry.key, value: damageBytes(Buffer.from(entry.value), random) };
  });
  if (random.chance(6)) damaged.splice(random.below(damaged.length), 1);
  return encodeTable(damaged);
};

const oneRestart = Buffer.from('0000000001000000', 'hex');

/** The first block of a table damaged in place, and its checksum made to fit. */
const damageBlock: Damage = (bytes, random) => {
  // It ends in its restarts, of which there is one; then come its kind and its checksum.
  const end = bytes.indexOf(oneRestart) + oneRestart.length;
  const block = random.pick(Object.values(inPlace))(bytes.subarray(0, end + 1), random);
  const damaged = Buffer.concat([block, bytes.subarray(end + 1)]);
  damaged.writeUInt32LE(maskedCrc32c(block), end + 1);
  return damaged;
};

const constants: readonly GraphConstant[] = [
  { name: 'conv/weights', shape: [3, 3, 2, 4], values: numbers(72) },
  { name: 'conv/BatchNorm/beta', shape: [4], values: numbers(4) },
  // One value for all of its elements.
  { name: 'conv/BatchNorm/moving_variance', shape: [64], values: numbers(1), repeated: true },
];

const manifest = [
  {
    paths: ['net.bin'],
    weights: [
      {
        name: 'conv/weights',
        shape: [3, 3, 2, 4],
        dtype: 'float32',
        quantization: { dtype: 'uint8', scale: 0.01, min: -1 },
      },
      { name: 'conv/bias', shape: [4], dtype: 'float32' },
      { name: 'shape', shape: [2], dtype: 'int32' },
    ],
  },
];
const manifestBytes = 72 + 16 + 8;

async function indexFile(): Promise<Buffer[]> {
  const { index } = await checkpointFiles();
  parseBundleIndex(index);
  return [index];
}

export const checkpointReaders: readonly ForeignReader[] = [
  {
    ...{ name: 'checkpoint: index', tells: 'offset', damage: damageBytes, files: indexFile },
    open: (folder) => openCheckpoint(folder, 'index'),
  },
  {
    ...{
      name: 'checkpoint: entries of the index',
      tells: 'offset',
      damage: damageEntries,
      asWhole: /is missing beside/,
      files: indexFile,
    },
    open: (folder) => openCheckpoint(folder, 'index'),
  },
  {
    ...{
      name: 'checkpoint: block of the index',
      tells: 'offset',
      damage: damageBlock,
      asWhole: /is missing beside/,
      files: indexFile,
    },
    open: (folder) => openCheckpoint(folder, 'index'),
  },
  {
    ...{ name: 'checkpoint: data', tells: 'offset', damage: damageBytes },
    files: async () => [(await checkpointFiles()).data],
    open: (folder) => openCheckpoint(folder, 'data'),
  },
  {
    ...{ name: 'checkpoint: state file', tells: 'file', damage: damageText, lenient: true },
    files: async () => [
      Buffer.from('model_checkpoint_path: "m"\nall_model_checkpoint_paths: "/elsewhere/m-\\303\\244"\n'.repeat(2)),
    ],
    async open(folder) {
      await openCheckpoint(folder, 'index');
      return {
        async read(bytes) {
          writeFileSync(join(folder, 'checkpoint'), bytes);
          return openModel(folder);
        },
      };
    },
  },
  {
    ...{
      name: 'frozen graph',
      tells: 'offset',
      damage: damageBytes,
      asWhole: /a TensorFlow graph\.|without weights|optimised|is empty|values are not numbers/,
    },
    files: async () => [frozenGraphOf(constants)],
    open: async (folder) => ({
      async read(bytes) {
        writeFileSync(join(folder, 'frozen.pb'), bytes);
        return readModel(join(folder, 'frozen.pb'));
      },
    }),
  },
  {
    ...{ name: 'weights manifest', tells: 'file', damage: damageJson },
    files: async () => [Buffer.from(JSON.stringify(manifest))],
    async open(folder) {
      await writeFile(join(folder, 'net.bin'), Buffer.alloc(manifestBytes));
      return {
        async read(bytes) {
          writeFileSync(join(folder, 'net-weights_manifest.json'), bytes);
          return readWeightsManifest(folder, 'net');
        },
      };
    },
  },
];
