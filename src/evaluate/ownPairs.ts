// Pairs of one's own people for the LFW protocol.
import { existsSync } from 'node:fs';
import { mkdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { generatePairs, type PairedPerson, pairedPeople, possiblePairs } from '../dataset/generatePairs';
import { NumpyRandom } from '../dataset/random';
import { openDataset } from '../dataset/datasetIndex';
import { listPeople } from '../dataset/scan';
import { UserError } from '../protocol/errors';
import { writeFileAtomic } from '../files/atomicFile';
import { openRunFolder } from '../run/runFolder';

/** LFW's own numbers: 10 folds of 300 pairs of one person and 300 of two. */
export const defaultFolds = 10;
const defaultPairsPerFold = 300;

export interface OwnPairsRequest {
  /** Aligned faces, one folder per person. */
  dir: string;
  folds: number;
  /** Pairs of each kind in a fold; absent: as many as `suggestedPairs` says. */
  pairsPerFold?: number;
  seed: number;
  /** A dataset or the folder of a training run whose people are left out. */
  apartFrom?: string;
  /** Folder of the dataset's index, which is made where it is missing. */
  index?: string | undefined;
}

export interface OwnPairs {
  /** Content of the pairs file. */
  text: string;
  pairsPerFold: number;
  people: number;
  /** Left out because they are people of `apartFrom`. */
  trained: number;
  /** Left out because they have no image, or a tab is in the name. */
  unnamed: string[];
}

/**
 * Names of the people that a model has learned: the classes of a training run, or the people of a dataset.
 * @throws UserError when the folder is neither.
 */
export async function trainedPeople(path: string): Promise<string[]> {
  if (!existsSync(join(path, 'run.json'))) return listPeople(path);
  const { record } = await openRunFolder(path);
  if (record.labels !== undefined) return record.labels;
  const { request } = record;
  if (request.kind !== 'train') {
    throw new UserError(
      `${path} is no training run: it has no people to leave out.`,
      'Name a training run or a dataset.',
    );
  }
  return listPeople(request.config.dataDir);
}

/**
 * Pairs of each kind in a fold that there are enough images for: LFW's number where it can, at least 1.
 * @param people of `pairedPeople`
 */
export function suggestedPairs(people: readonly PairedPerson[], folds: number): number {
  const { same, different } = possiblePairs(people);
  // Half of what there is: drawn to the last pair, every person with many images would be in every fold.
  const enough = Math.floor(Math.min(same, different) / 2 / folds);
  return Math.max(1, Math.min(defaultPairsPerFold, enough));
}

/**
 * Draws pairs of the people of a dataset. The same request gives the same text on every machine.
 * @throws UserError where the folders cannot be used, the numbers are out of range, or there are too few images.
 */
export async function ownPairs({ dir, folds, seed, apartFrom, index, ...asked }: OwnPairsRequest): Promise<OwnPairs> {
  whole('folds', folds, 2, 1000);
  whole('the seed', seed, 0, 2 ** 32 - 1);
  const { dataset } = await openDataset(dir, { index });
  const known = new Set(apartFrom === undefined ? [] : await trainedPeople(apartFrom));
  const people = dataset.people.filter(({ name }) => !known.has(name));
  if (people.length === 0) {
    throw new UserError(
      `Everyone in ${dir} is among the people of ${apartFrom}: nobody is left to make pairs of.`,
      'Name a folder of other people, or do not leave out the trained ones (the numbers then flatter the model).',
    );
  }
  const paired = await pairedPeople({ people });
  const pairsPerFold = asked.pairsPerFold ?? suggestedPairs(paired, folds);
  whole('pairs per fold', pairsPerFold, 1, 100_000);
  const random = new NumpyRandom(seed);
  const text = await generatePairs(dataset, paired, { folds, perKind: pairsPerFold, random });
  const named = new Set(paired.map(({ name }) => name));
  return {
    text,
    pairsPerFold,
    people: named.size,
    trained: dataset.people.length - people.length,
    unnamed: people.map(({ name }) => name).filter((name) => !named.has(name)),
  };
}

/**
 * Writes a pairs file, its folder included.
 * @throws UserError when the file is there and may not be replaced.
 */
export async function writePairsFile(path: string, text: string, { replace }: { replace: boolean }): Promise<void> {
  if (!replace && (await stat(path).catch(() => undefined)) !== undefined) {
    throw new UserError(`${path} exists already.`, 'Choose another name, or replace it with --force.');
  }
  await mkdir(dirname(path), { recursive: true });
  await writeFileAtomic(path, text);
}

function whole(name: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new UserError(`${value} is no number for ${name}.`, `Give a whole number from ${least} to ${most}.`);
}
