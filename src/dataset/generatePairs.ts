import { UserError } from '../protocol/errors';
import { imagesByNumber } from './imageNumbers';
import type { NumpyRandom } from './random';
import type { Dataset } from './scan';

/** A person with the numbers of the images that a pairs file can name. */
interface PairedPerson {
  readonly name: string;
  readonly numbers: readonly number[];
}

/** Whom a pairs file can name: people with an image, unless a tab, which parts its fields, is in their names. */
export function pairedPeople({ people }: Pick<Dataset, 'people'>): PairedPerson[] {
  return people
    .map(({ name, images }) => ({ name, numbers: [...imagesByNumber(name, images).keys()] }))
    .filter(({ name, numbers }) => numbers.length > 0 && name === name.trim() && !/[\t\r\n]/.test(name));
}

/** How many different pairs of each kind these people allow. */
export function possiblePairs(people: readonly PairedPerson[]): { same: number; different: number } {
  let same = 0;
  let different = 0;
  let before = 0;
  for (const { numbers } of people) {
    same += (numbers.length * (numbers.length - 1)) / 2;
    different += before * numbers.length;
    before += numbers.length;
  }
  return { same, different };
}

/**
 * Text of a pairs file in LFW's format: `folds` sets of `perKind` pairs of the same person and as many of two people,
 * drawn without repeating a pair.
 * @throws UserError where the dataset has too few people or images for that many pairs.
 */
export function generatePairs(dataset: Dataset, folds: number, perKind: number, random: NumpyRandom): string {
  const people = pairedPeople(dataset);
  const several = people.filter(({ numbers }) => numbers.length > 1);
  const wanted = folds * perKind;
  if (people.length < 2 || several.length === 0) {
    throw new UserError(
      `${dataset.root} has too few people with images to make pairs.`,
      'Use at least two people, one of them with two images.',
    );
  }
  const possible = possiblePairs(people);
  const scarce = possible.same < possible.different ? 'same' : 'different';
  if (possible[scarce] < wanted) {
    const kind = scarce === 'same' ? 'one person' : 'two people';
    throw new UserError(
      `${dataset.root} has ${possible[scarce]} different pairs of ${kind}, fewer than ${folds} folds × ${perKind}.`,
      `Ask for fewer pairs per fold (at most ${Math.floor(possible[scarce] / folds)}), or add images.`,
    );
  }
  const same = draw(wanted, () => {
    const { name, numbers } = several[random.randint(0, several.length)]!;
    const [first, second] = random.permutation(numbers.length);
    return [name, ...[numbers[first!]!, numbers[second!]!].sort((a, b) => a - b)].join('\t');
  });
  const different = draw(wanted, () => {
    const order = random
      .permutation(people.length)
      .slice(0, 2)
      .sort((a, b) => a - b);
    const chosen = order.map((index) => people[index]!);
    return chosen.map(({ name, numbers }) => `${name}\t${numbers[random.randint(0, numbers.length)]!}`).join('\t');
  });
  const lines = [`${folds}\t${perKind}`];
  for (let fold = 0; fold < folds; fold++) {
    lines.push(...same.slice(fold * perKind, (fold + 1) * perKind));
    lines.push(...different.slice(fold * perKind, (fold + 1) * perKind));
  }
  return `${lines.join('\n')}\n`;
}

/**
 * `count` different results of `make`. There are enough of them, but a person with very many images may keep the last
 * ones from being drawn.
 */
function draw(count: number, make: () => string): string[] {
  const drawn = new Set<string>();
  for (let attempt = 0; drawn.size < count; attempt++) {
    if (attempt > 1000 * count) {
      throw new UserError(
        `${drawn.size} of ${count} different pairs of a kind were found: the images are spread too unevenly over the people.`,
        'Ask for fewer pairs per fold.',
      );
    }
    drawn.add(make());
  }
  return [...drawn];
}
