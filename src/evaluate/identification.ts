// Open-set identification from similarities, pure numbers.
import type { CountedRate, OperatingRate } from '../protocol/countedRate';
import { countedRate, operatingRate } from './operatingRate';

/** One probe against the gallery. */
export interface ProbeScores {
  /** Index of its person in the gallery; undefined for somebody who is not enrolled. */
  person?: number;
  /** Similarity to each person of the gallery: the highest of his images. */
  scores: Float32Array;
}

export interface Identification {
  rank1: CountedRate;
  verification: OperatingRate[];
  identification: OperatingRate[];
}

/** Index of the highest score, the first of equal ones; scores that are no numbers are never the highest. */
function nearest(scores: Float32Array): number {
  let best = 0;
  for (let person = 1; person < scores.length; person++)
    if (scores[person]! > scores[best]! || Number.isNaN(scores[best]!)) best = person;
  return best;
}

/**
 * Rank-1, TAR@FAR and DIR@FPIR. Verification compares a probe with each person of the gallery: his own is genuine, all others
 * are impostors. Identification asks for the nearest person: found is a probe whose nearest person is the right one and exceeds
 * the threshold, a false alarm an unknown probe whose nearest person does. A target that fewer impostors than 3 / target stand
 * for is `insufficient`, and measured at the rate that they support. Intervals take comparisons as independent, which those of one
 * probe are not quite.
 */
export function identify(
  probes: readonly ProbeScores[],
  targets: { far: readonly number[]; fpir: readonly number[] },
): Identification {
  const genuine: number[] = [];
  const impostors: number[] = [];
  const unknown: number[] = [];
  const foundScores: number[] = [];
  let enrolled = 0;
  for (const { person, scores } of probes) {
    const best = nearest(scores);
    for (let other = 0; other < scores.length; other++) {
      if (Number.isNaN(scores[other]!)) continue;
      (other === person ? genuine : impostors).push(scores[other]!);
    }
    if (person === undefined) unknown.push(scores[best]!);
    else {
      enrolled++;
      if (best === person) foundScores.push(scores[best]!);
    }
  }
  const sorted = (values: readonly number[]): Float32Array => Float32Array.from(values).sort();
  const [same, different] = [sorted(genuine), sorted(impostors)];
  const [right, strangers] = [sorted(foundScores), sorted(unknown)];
  return {
    rank1: countedRate(foundScores.length, enrolled),
    verification: targets.far.map((target) => operatingRate(target, different, same, enrolled)),
    identification: targets.fpir.map((target) => operatingRate(target, strangers, right, enrolled)),
  };
}
