import { UserError } from '../protocol/errors';
import { type ImageNumbers, numbersOfImages } from './imageNumbers';
import type { NumpyRandom } from './random';
import type { Dataset } from './scan';

/** A person with the numbers of the images that a pairs file can name. */
export interface PairedPerson {
  readonly name: string;
  readonly numbers: ImageNumbers;
}

/** A window goes on meanwhile: so many images, or draws among so many people, take some milliseconds. */
const workAtOnce = 1 << 15;

/** Gives others a turn after each `workAtOnce` of the work that it is told of. */
function turns(): (work: number) => Promise<void> {
  let unheard = 0;
  return async (work) => {
    unheard += work;
    if (unheard < workAtOnce) return;
    unheard = 0;
    await new Promise((resolve) => setImmediate(resolve));
  };
}

/** Whom a pairs file can name: people with an image, unless a tab, which parts its fields, is in their names. */
export async function pairedPeople({ people }: Pick<Dataset, 'people'>): Promise<PairedPerson[]> {
  const turn = turns();
  const paired: PairedPerson[] = [];
  for (const { name, images } of people) {
    await turn(images.length);
    if (name !== name.trim() || /[\t\r\n]/.test(name)) continue;
    const numbers = numbersOfImages(name, images);
    if (numbers.length > 0) paired.push({ name, numbers });
  }
  return paired;
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
 * drawn without repeating a pair. A window goes on meanwhile.
 * @param people of `pairedPeople`
 * @throws UserError where the dataset has too few people or images for that many pairs.
 */
export async function generatePairs(
  { root }: Pick<Dataset, 'root'>,
  people: readonly PairedPerson[],
  { folds, perKind, random }: { folds: number; perKind: number; random: NumpyRandom },
): Promise<string> {
  const several = people.filter(({ numbers }) => numbers.length > 1);
  const wanted = folds * perKind;
  if (people.length < 2 || several.length === 0) {
    throw new UserError(
      `${root} has too few people with images to make pairs.`,
      'Use at least two people, one of them with two images.',
    );
  }
  const possible = possiblePairs(people);
  const scarce = possible.same < possible.different ? 'same' : 'different';
  if (possible[scarce] < wanted) {
    const kind = scarce === 'same' ? 'one person' : 'two people';
    throw new UserError(
      `${root} has ${possible[scarce]} different pairs of ${kind}, fewer than ${folds} folds × ${perKind}.`,
      `Ask for fewer pairs per fold (at most ${Math.floor(possible[scarce] / folds)}), or add images.`,
    );
  }
  const turn = turns();
  const same = await draw(wanted, async () => {
    const { name, numbers } = several[random.randint(0, several.length)]!;
    await turn(numbers.length);
    const [first, second] = random.permutation(numbers.length);
    return [name, ...[numbers.at(first!), numbers.at(second!)].sort((a, b) => a - b)].join('\t');
  });
  const different = await draw(wanted, async () => {
    await turn(people.length);
    const order = random
      .permutation(people.length)
      .slice(0, 2)
      .sort((a, b) => a - b);
    const chosen = order.map((index) => people[index]!);
    return chosen.map(({ name, numbers }) => `${name}\t${numbers.at(random.randint(0, numbers.length))}`).join('\t');
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
async function draw(count: number, make: () => Promise<string>): Promise<string[]> {
  const drawn = new Set<string>();
  for (let attempt = 0; drawn.size < count; attempt++) {
    if (attempt > 1000 * count) {
      throw new UserError(
        `${drawn.size} of ${count} different pairs of a kind were found: the images are spread too unevenly over the people.`,
        'Ask for fewer pairs per fold.',
      );
    }
    drawn.add(await make());
  }
  return [...drawn];
}
