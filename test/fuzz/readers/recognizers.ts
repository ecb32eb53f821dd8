// What is taken from one workbench to another so that people are recognized there.
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readClassifier, writeClassifier } from '../../../src/classify/classifierFile';
import { probabilities, trainPairwiseSvm } from '../../../src/classify/pairwiseSvm';
import { readGallery, writeGallery } from '../../../src/identify/gallery';
import { scatteredRows } from '../../fixtures/scatteredRows';
import type { Damage } from '../damage';
import { damageJson } from '../damageText';
import type { ForeignReader } from '../foreignReader';

const { rows, labels } = scatteredRows({ classes: 3, each: 4, dimension: 8, spread: 0.4 });
const time = '2026-11-28T10:00:00.000Z';
const model = { name: 'm', step: 3, network: 'squeezenet', embeddingSize: 8, sha256: 'a'.repeat(64) } as const;
const recipe = { alignment: 'box', imageSize: 64, standardization: 'fixed' } as const;
const names = ['Ann', 'Bob', 'Cleo'];

/** Bytes that `write` makes of a file. */
async function written(write: (path: string) => Promise<void>): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'facenet-fuzz-made-'));
  try {
    await write(join(folder, 'file'));
    return await readFile(join(folder, 'file'));
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function gallery(path: string): Promise<void> {
  const header = { version: 1, kind: 'facenet-gallery', createdAt: time, model, recipe, margin: 44 } as const;
  const people = names.map((name, person) => {
    const embedding = Float32Array.from(rows.data.subarray(person * 32, person * 32 + 8));
    return [name, [{ file: `${name}/1.png`, embedding }]] as const;
  });
  await writeGallery(path, { header, people: new Map(people) });
}

async function classifier(path: string): Promise<void> {
  const machine = await trainPairwiseSvm(rows, labels, { seed: 3 });
  const people = names.map((name) => ({ name, folder: name, images: 4 }));
  await writeClassifier(path, { createdAt: time, model, recipe, people, cost: 1, seed: 3, machine });
}

/** Damage of a classifier whose sum, where it is still one, is made to fit what it is now. */
const damageSummed: Damage = (bytes, random) => {
  const damaged = damageJson(bytes, random);
  try {
    const { sha256, ...content } = JSON.parse(damaged.toString('utf8')) as { sha256?: unknown };
    if (sha256 === undefined || random.chance(8)) return damaged;
    const sum = createHash('sha256').update(JSON.stringify(content)).digest('hex');
    return Buffer.from(JSON.stringify({ ...content, sha256: sum }));
  } catch {
    return damaged;
  }
};

function fileReader(
  name: string,
  damage: Damage,
  write: (path: string) => Promise<void>,
  read: (path: string) => Promise<unknown>,
): ForeignReader {
  return {
    ...{ name, tells: 'file', damage },
    files: async () => [await written(write)],
    open: async (folder) => ({
      async read(bytes) {
        writeFileSync(join(folder, 'file'), bytes);
        return read(join(folder, 'file'));
      },
    }),
  };
}

export const recognizerReaders: readonly ForeignReader[] = [
  fileReader('gallery', damageJson, gallery, readGallery),
  fileReader('classifier', damageSummed, classifier, async (path) => {
    const { machine } = await readClassifier(path);
    return probabilities(machine, rows);
  }),
];
