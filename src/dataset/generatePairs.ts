import { UserError } from '../protocol/errors';
import type { NumpyRandom } from './random';
import type { Dataset } from './scan';

/** The number at the end of `<person>_<number>.<extension>`. */
function imageNumber(person: string, path: string): number | undefined {
  const name = path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
  const match = /^(.*)_(\d{4,})(?:_0)?\.[A-Za-z]+$/.exec(name);
  return match?.[1] === person ? Number(match[2]) : undefined;
}

/**
 * Text of a pairs file in LFW's format: `folds` sets of `perKind` pairs of the same person and as many of two people,
 * drawn without repeating a pair.
 * @throws UserError where the dataset has too few people or images named `<person>_0001.jpg` for that many pairs.
 */
export function generatePairs(dataset: Dataset, folds: number, perKind: number, random: NumpyRandom): string {
  const people = dataset.people
    .map(({ name, images }) => ({
      name,
      numbers: images.map((path) => imageNumber(name, path)).filter((number) => number !== undefined),
    }))
    .filter(({ name, numbers }) => numbers.length > 0 && !/\s/.test(name));
  const several = people.filter(({ numbers }) => numbers.length > 1);
  const wanted = folds * perKind;
  if (people.length < 2 || several.length === 0) {
    throw new UserError(
      `${dataset.root} has too few people with images named <person>_0001.jpg to make pairs.`,
      'Use at least two people, one of them with two images.',
    );
  }
  const same = draw(wanted, random, () => {
    const { name, numbers } = several[random.randint(0, several.length)]!;
    const [first, second] = random.permutation(numbers.length);
    return [name, ...[numbers[first!]!, numbers[second!]!].sort((a, b) => a - b)].join('\t');
  });
  const different = draw(wanted, random, () => {
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

/** `count` different results of `make`. */
function draw(count: number, random: NumpyRandom, make: (random: NumpyRandom) => string): string[] {
  const drawn = new Set<string>();
  for (let attempt = 0; drawn.size < count; attempt++) {
    if (attempt > 200 * count) {
      throw new UserError(`The dataset has fewer than ${count} different pairs of a kind.`, 'Ask for fewer pairs.');
    }
    drawn.add(make(random));
  }
  return [...drawn];
}
