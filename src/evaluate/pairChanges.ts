// The same pairs before and after: which of them a training has put right, and which wrong.
import type { LfwReport, ReportPair } from '../protocol/lfwReport';
import type { PairCounts } from '../protocol/verdict';

type Judged = Pick<LfwReport, 'accuracy' | 'distances'>;

export interface PairChange {
  /** As it was measured after. */
  pair: ReportPair;
  /** Its distance before. */
  distanceBefore: number;
  change: keyof PairCounts;
}

/** Whether a pair is told right by the threshold that its fold chose, as the accuracy counts it (spec §7.7). */
function isRight({ accuracy }: Judged, { same, distance, fold }: ReportPair): boolean {
  return distance < accuracy.thresholds[fold]! === same;
}

/** Whether two reports are about the same pairs in the same order. */
function haveSamePairs(before: Judged, after: Judged): boolean {
  return (
    before.distances.length === after.distances.length &&
    before.distances.every(({ a, b, same }, index) => {
      const other = after.distances[index]!;
      return a === other.a && b === other.b && same === other.same;
    })
  );
}

/** What has become of each pair, in their order; undefined where the reports are about different ones. */
export function pairChanges(before: Judged, after: Judged): PairChange[] | undefined {
  if (!haveSamePairs(before, after)) return undefined;
  return after.distances.map((pair, index) => {
    const earlier = before.distances[index]!;
    return {
      pair,
      distanceBefore: earlier.distance,
      change: nameOfChange(isRight(before, earlier), isRight(after, pair)),
    };
  });
}

function nameOfChange(before: boolean, after: boolean): keyof PairCounts {
  if (after) return before ? 'right' : 'fixed';
  return before ? 'broken' : 'stillWrong';
}

export function countChanges(changes: readonly PairChange[]): PairCounts {
  const counts: PairCounts = { fixed: 0, broken: 0, stillWrong: 0, right: 0 };
  for (const { change } of changes) counts[change]++;
  return counts;
}
