// LFW split by person: who is trained, with which images, and who is only verified.
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { generatePairs, pairedPeople } from '../../src/dataset/generatePairs';
import { NumpyRandom } from '../../src/dataset/random';
import { type Dataset, type Person, scanDataset } from '../../src/dataset/scan';

/** People with several images that no training sees, the same for every head and number of people. */
const outsiderPeople = 100;
const folds = 10;
/** A person with 144 images counts as much as one with 20. */
const mostImages = 20;

export interface Group {
  /** For the table, e.g. `≤ 20`. */
  name: string;
  people: number;
  /** Of each; half of them, rounded up, are trained on. */
  fewestImages: number;
  /** Pairs of each kind in a fold of the held-out images. */
  pairsPerFold: number;
}

export interface Split {
  /** Folder of the training images. */
  dataDir: string;
  /** In the order of `dataDir`'s people. */
  heldOut: readonly Person[];
  outsiders: readonly Person[];
  /** Pairs files that belong to the folder of all faces. */
  heldOutPairs: string;
  outsiderPairs: string;
}

/** `count` of `items`, drawn without repeating one. */
function draw<T>(items: readonly T[], count: number, random: NumpyRandom): T[] {
  if (items.length < count) throw new Error(`${items.length} people are fewer than ${count}`);
  return random
    .permutation(items.length)
    .slice(0, count)
    .map((index) => items[index]!);
}

async function writePairs(path: string, dataset: Dataset, perKind: number, random: NumpyRandom): Promise<string> {
  writeFileSync(path, await generatePairs(dataset, await pairedPeople(dataset), { folds, perKind, random }));
  return path;
}

/**
 * Draws outsiders, then the people of a group from the others, and splits the images of these. The outsiders are those of
 * the seed, whatever the group.
 * @param faces one folder of chips per person
 * @param folder where the training images and the pairs are written
 */
export async function splitPeople(faces: string, folder: string, group: Group, seed: number): Promise<Split> {
  const dataset = await scanDataset(faces);
  const random = new NumpyRandom(seed);
  const several = dataset.people.filter(({ images }) => images.length > 1);
  const single = dataset.people.filter(({ images }) => images.length === 1);
  const strangers = draw(several, outsiderPeople, random);
  const outsiders = [...strangers, ...single];
  mkdirSync(folder, { recursive: true });
  const outsiderPairs = await writePairs(join(folder, 'outsiders.txt'), { ...dataset, people: outsiders }, 40, random);

  const candidates = several.filter(
    (person) => !strangers.includes(person) && person.images.length >= group.fewestImages,
  );
  const names = new Set(draw(candidates, group.people, random));
  const heldOut: Person[] = [];
  const dataDir = join(folder, 'faces');
  for (const { name, images } of dataset.people.filter((person) => names.has(person))) {
    const drawn = draw([...images], Math.min(images.length, mostImages), random);
    const training = Math.ceil(drawn.length / 2);
    mkdirSync(join(dataDir, name), { recursive: true });
    for (const path of drawn.slice(0, training)) copyFileSync(path, join(dataDir, name, basename(path)));
    heldOut.push({ name, images: drawn.slice(training) });
  }
  copyFileSync(join(faces, 'alignment.json'), join(dataDir, 'alignment.json'));
  const kept = { ...dataset, people: heldOut };
  const heldOutPairs = await writePairs(join(folder, 'held-out.txt'), kept, group.pairsPerFold, random);
  return { dataDir, heldOut, outsiders, heldOutPairs, outsiderPairs };
}
