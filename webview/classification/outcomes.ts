// What a classifier's answers are worth at a threshold, pure.
import type { ClassificationReport } from '../../src/protocol/classificationReport';

export type ClassifiedImage = ClassificationReport['images'][number];

/** What is answered where nobody is named, and the row of all who are not known. */
export const unknown = 'unknown';
/** A row or a column of the confusion matrix: a person the classifier knows, by label, or nobody of these. */
export type Place = number | typeof unknown;

/** Who is named; `unknown` where the probability is not above the threshold. */
export function answerOf({ label, probability }: ClassifiedImage, threshold: number): Place {
  return probability > threshold ? label : unknown;
}

/** Whose face it is; `unknown` for somebody whom the classifier does not know. */
export function ownerOf({ people }: ClassificationReport, { person }: ClassifiedImage): Place {
  return person < people.length ? person : unknown;
}

/** Right is the own name, and nobody's for a stranger; a known person of whom nothing is said is `silent`. */
export function outcomeOf(
  report: ClassificationReport,
  image: ClassifiedImage,
  threshold: number,
): 'right' | 'wrong' | 'silent' {
  const [own, given] = [ownerOf(report, image), answerOf(image, threshold)];
  if (own === given) return 'right';
  return given === unknown ? 'silent' : 'wrong';
}

export interface Counts {
  /** Images of people the classifier knows, and what they were given. */
  known: { of: number; right: number; wrong: number; silent: number };
  /** Images of others, and how many of them nobody was named for. */
  strangers: { of: number; refused: number };
}

export function countOutcomes(report: ClassificationReport, threshold: number): Counts {
  const counts: Counts = { known: { of: 0, right: 0, wrong: 0, silent: 0 }, strangers: { of: 0, refused: 0 } };
  for (const image of report.images) {
    const outcome = outcomeOf(report, image, threshold);
    if (ownerOf(report, image) === unknown) {
      counts.strangers.of++;
      if (outcome === 'right') counts.strangers.refused++;
    } else {
      counts.known.of++;
      counts.known[outcome]++;
    }
  }
  return counts;
}

/** How many images of whom were given which name. */
export interface Confusion {
  /** Rows and columns, people first. */
  rows: Place[];
  columns: Place[];
  /** By row and column, as in these lists. */
  counts: number[][];
  /** People with images in the folder who have no row. */
  left: number;
}

/**
 * The confusion matrix of the people with images in the folder; of more than `most` those with the most wrong answers.
 */
export function confusionOf(report: ClassificationReport, threshold: number, most: number): Confusion {
  const table = new Map<Place, Map<Place, number>>();
  const mistakes = new Map<Place, number>();
  const add = (place: Place, one: number): void => void mistakes.set(place, (mistakes.get(place) ?? 0) + one);
  for (const image of report.images) {
    const [own, given] = [ownerOf(report, image), answerOf(image, threshold)];
    const row = table.get(own) ?? new Map<Place, number>();
    row.set(given, (row.get(given) ?? 0) + 1);
    table.set(own, row);
    add(own, own === given ? 0 : 1);
    // Who is often taken for somebody's is worth a row as well.
    if (given !== unknown) add(given, own === given ? 0 : 1);
  }
  const people = [...mistakes.keys()].filter((place) => typeof place === 'number');
  const chosen = people.sort((a, b) => mistakes.get(b)! - mistakes.get(a)! || a - b).slice(0, most);
  const shown = chosen.sort((a, b) => a - b);
  const rows: Place[] = [...shown, ...(table.has(unknown) ? [unknown as Place] : [])];
  const columns: Place[] = [...shown, unknown];
  const counts = rows.map((row) => columns.map((column) => table.get(row)?.get(column) ?? 0));
  return { rows, columns, counts, left: people.length - shown.length };
}

/** Ways to sort the faces. */
export const orders = ['wrongFirst', 'leastSure', 'surest', 'byPerson'] as const;
export type Order = (typeof orders)[number];

/** The images in an order; the report's own among equals. */
export function sortImages(
  report: ClassificationReport,
  images: readonly ClassifiedImage[],
  order: Order,
  threshold: number,
): ClassifiedImage[] {
  const rank = { wrong: 0, silent: 1, right: 2 } as const;
  const compare: Record<Order, (a: ClassifiedImage, b: ClassifiedImage) => number> = {
    // The surest mistakes are the ones to look at.
    wrongFirst: (a, b) =>
      rank[outcomeOf(report, a, threshold)] - rank[outcomeOf(report, b, threshold)] || b.probability - a.probability,
    leastSure: (a, b) => a.probability - b.probability,
    surest: (a, b) => b.probability - a.probability,
    byPerson: (a, b) => a.person - b.person,
  };
  return [...images].sort(compare[order]);
}
