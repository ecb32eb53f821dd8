// Some people of a dataset who are left out of a training and become the pairs that it is measured on.
import { generatePairs, pairedPeople, possiblePairs } from '../dataset/generatePairs';
import { NumpyRandom } from '../dataset/random';
import type { Dataset } from '../dataset/scan';
import { defaultFolds, suggestedPairs } from './ownPairs';

/**
 * Pairs of each kind from which on a change of the accuracy can be told from chance at all: with 40 and 40 it is known to
 * about ±5 points.
 */
const fewestPairs = 40;
/** With so many of each kind it is known to about ±2 points, and more people are worth more in the training. */
const enoughPairs = 300;
/** Parts of the people that are set aside: at least, usually at most, and at most where fewer give too few pairs. */
const shares = { least: 0.1, usual: 0.2, most: 0.25 } as const;

export interface SetAside {
  /** Everybody whom the pairs name, in the order of the dataset. */
  people: string[];
  folds: number;
  /** Of each kind in a fold. */
  pairsPerFold: number;
  /** Of the pairs file. */
  text: string;
}

/**
 * Chooses people by chance and draws pairs of them: as few people as give enough pairs, between a tenth and a fifth of all,
 * up to a quarter where the fifth has too few images. The same seed chooses the same people.
 * @returns undefined where no quarter of the people has images for an informative number of pairs
 */
export async function setPeopleAside(dataset: Dataset, seed: number): Promise<SetAside | undefined> {
  const several = (await pairedPeople(dataset)).filter(({ numbers }) => numbers.length > 1);
  const all = dataset.people.length;
  const random = new NumpyRandom(seed);
  const order = Array.from(random.permutation(several.length), (index) => several[index]!);
  const pairsOf = (count: number): number => {
    const { same, different } = possiblePairs(order.slice(0, count));
    // As `suggestedPairs` draws them: half of what there is.
    return Math.floor(Math.min(same, different) / 2);
  };
  const least = Math.max(2, Math.ceil(shares.least * all));
  const usual = Math.max(2, Math.floor(shares.usual * all));
  const most = Math.min(order.length, all - 2, Math.floor(shares.most * all));
  let count = least;
  while (count < Math.min(usual, most) && pairsOf(count) < enoughPairs) count++;
  while (count < most && pairsOf(count) < fewestPairs) count++;
  if (count > most || pairsOf(count) < fewestPairs) return undefined;

  const chosen = new Set(order.slice(0, count).map(({ name }) => name));
  const aside = { ...dataset, people: dataset.people.filter(({ name }) => chosen.has(name)) };
  const paired = await pairedPeople(aside);
  const pairsPerFold = suggestedPairs(paired, defaultFolds);
  const text = await generatePairs(aside, paired, { folds: defaultFolds, perKind: pairsPerFold, random });
  const named = new Set(text.split('\n').flatMap(peopleOfLine));
  const people = aside.people.map(({ name }) => name).filter((name) => named.has(name));
  return { people, folds: defaultFolds, pairsPerFold, text };
}

/** Names in a line of `generatePairs`; none in its first. */
function peopleOfLine(line: string): string[] {
  const fields = line.split('\t');
  if (fields.length === 4) return [fields[0]!, fields[2]!];
  return fields.length === 3 ? [fields[0]!] : [];
}
