// Below which probability an answer is no answer.
import { NumpyRandom } from '../dataset/random';
import { throwIfStopped } from '../protocol/errors';
import type { UnknownChoice } from '../protocol/classifier';
import { heedRequests } from '../run/heedRequests';
import { couplePairs, pairsOf } from './coupling';
import { decisionValues, pairProbabilities, type PairwiseSvm } from './pairwiseSvm';
import { pickRows, type Rows } from './products';

/** Coupling costs the square of the people for each image: so many tell a rate of one in a thousand. */
const mostImages = 2000;

/**
 * Chooses the probability up to which an answer is *unknown*: each person is held out in turn, the machine of all others is
 * asked about this person's images, and the greatest of its probabilities that may be passed over by `far` of the images is
 * the threshold. A machine of two people knows nothing of the others, so that leaving a person out is leaving out that
 * person's pairs, without training again.
 * @returns undefined with fewer than three people: two of them must be left
 */
export async function chooseUnknown(
  svm: PairwiseSvm,
  rows: Rows,
  labels: ArrayLike<number>,
  { far, seed, signal }: { far: number; seed: number; signal?: AbortSignal },
): Promise<UnknownChoice | undefined> {
  const classes = svm.supportCounts.length;
  if (classes < 3) return undefined;
  const pairs = pairsOf(classes);
  const asked = new NumpyRandom(seed).permutation(labels.length).slice(0, mostImages);
  const greatest = new Float64Array(asked.length);
  for (const [place, row] of asked.entries()) {
    const decisions = decisionValues(svm, pickRows(rows, [row]));
    const others = Array.from({ length: classes }, (_, label) => label).filter((label) => label !== labels[row]);
    const answer = couplePairs(pairProbabilities(svm, decisions.subarray(0, pairs)), classes, others);
    greatest[place] = answer.reduce((most, probability) => Math.max(most, probability), 0);
    if (place % 32 === 0) {
      await heedRequests();
      throwIfStopped(signal);
    }
  }
  const descending = greatest.sort().reverse();
  const threshold = descending[Math.min(descending.length - 1, Math.floor(far * descending.length))]!;
  const accepted = descending.filter((probability) => probability > threshold).length;
  return {
    threshold,
    farTarget: far,
    far: accepted / descending.length,
    images: descending.length,
    people: new Set(asked.map((row) => labels[row])).size,
  };
}
