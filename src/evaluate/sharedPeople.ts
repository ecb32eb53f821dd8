// Pairs that share a person are not independent: how much wider that makes an interval (docs/verdict.md).
import { normalQuantile } from './pairedInterval';

/** A pair by the people on its two images, which are one for a pair of one person. */
export interface PairOfPeople {
  a: string;
  b: string;
  /** What it adds to the mean that the interval is about. */
  value: number;
}

/** An image's person is the folder that it lies in. */
export function personOf(image: string): string {
  return image.split(/[\\/]/).at(-2) ?? '';
}

/**
 * By how much the 95 % interval of the mean of `value` is wider than if the pairs were independent, at least 1. Pairs that
 * share a person may move together: their products are counted in the variance, those of other pairs are not. With the
 * deviations e of the values from their mean,
 *   variance = Σ e(i) e(j) / n² over all i, j that share a person, × P / (P − 1) for P people
 * (dyadic cluster-robust variance: P. M. Aronow, C. Samii, V. A. Assenova, Political Analysis 23, 2015, 564–577), and the
 * quantile is that of Student's distribution with P − 1 degrees of freedom, as few people say little of others.
 * @returns 1 as well where only one person is on the pairs, or all pairs say the same
 */
export function wideningBySharedPeople(pairs: readonly PairOfPeople[]): number {
  const people = new Set(pairs.flatMap(({ a, b }) => [a, b])).size;
  if (people < 2) return 1;
  const mean = pairs.reduce((sum, { value }) => sum + value, 0) / pairs.length;
  const ofPerson = new Map<string, number>();
  const ofTwo = new Map<string, number>();
  let independent = 0;
  for (const { a, b, value } of pairs) {
    const deviation = value - mean;
    independent += deviation ** 2;
    add(ofPerson, a, deviation);
    if (a === b) continue;
    add(ofPerson, b, deviation);
    // Pairs of the same two people share both, and are counted once.
    add(ofTwo, JSON.stringify(a < b ? [a, b] : [b, a]), deviation);
  }
  if (independent === 0) return 1;
  const together = sumOfSquares(ofPerson) - sumOfSquares(ofTwo);
  const effect = ((together / independent) * people) / (people - 1);
  const widening = (studentQuantile(people - 1) / normalQuantile) * Math.sqrt(Math.max(0, effect));
  return Math.max(1, widening);
}

function add(sums: Map<string, number>, key: string, value: number): void {
  sums.set(key, (sums.get(key) ?? 0) + value);
}

function sumOfSquares(sums: ReadonlyMap<string, number>): number {
  return [...sums.values()].reduce((sum, value) => sum + value ** 2, 0);
}

/**
 * Quantile of Student's distribution that leaves 2.5 % on either side, by its expansion around that of the normal one
 * (Abramowitz and Stegun, Handbook of Mathematical Functions, 26.7.5); within 1 % from two degrees of freedom on.
 */
function studentQuantile(freedom: number): number {
  const z = normalQuantile;
  const terms = [
    (z ** 3 + z) / 4,
    (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96,
    (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384,
    (79 * z ** 9 + 776 * z ** 7 + 1482 * z ** 5 - 1920 * z ** 3 - 945 * z) / 92_160,
  ];
  return terms.reduce((sum, term, index) => sum + term / freedom ** (index + 1), z);
}
