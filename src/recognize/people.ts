// What a classifier takes each held-out image for, by person.
import type { PeopleResult, PersonResult } from '../protocol/peopleResult';

/**
 * Counts for each person how many of the images were given to this person, and to whom the others were.
 * @param labels names of the people by label
 * @param shown label of the person in each image
 * @param taken label that the classifier gave to each image
 * @param step of the weights
 */
export function peopleResult(
  labels: readonly string[],
  shown: Iterable<number>,
  taken: ArrayLike<number>,
  step: number,
): PeopleResult {
  const counts = new Map<number, Map<number, number>>();
  let image = 0;
  for (const person of shown) {
    const given = taken[image++]!;
    const own = counts.get(person) ?? new Map<number, number>();
    counts.set(person, own.set(given, (own.get(given) ?? 0) + 1));
  }
  const people = [...counts]
    .sort(([a], [b]) => a - b)
    .map(([person, given]): PersonResult => {
      const others = [...given].filter(([other]) => other !== person).sort((a, b) => b[1] - a[1] || a[0] - b[0]);
      const right = given.get(person) ?? 0;
      return {
        name: labels[person]!,
        images: right + others.reduce((sum, [, count]) => sum + count, 0),
        right,
        takenFor: others.map(([other, count]) => ({ name: labels[other]!, images: count })),
      };
    });
  return { version: 1, step, images: image, right: people.reduce((sum, { right }) => sum + right, 0), people };
}

/** The people whose images are named worst first; of equal ones those with more images. */
export function worstFirst(people: readonly PersonResult[]): PersonResult[] {
  return [...people].sort((a, b) => a.right / a.images - b.right / b.images || b.images - a.images);
}
