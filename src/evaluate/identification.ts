// Open-set identification from similarities, pure numbers.
import type { CountedRate, OperatingRate } from '../protocol/identificationReport';
import { claimableRate, rateInterval } from './rateInterval';

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

function countedRate(hits: number, of: number): CountedRate {
  return { hits, of, rate: of === 0 ? 0 : hits / of, interval: rateInterval(hits, of) };
}

/** Index of the highest score, the first of equal ones; scores that are no numbers are never the highest. */
function nearest(scores: Float32Array): number {
  let best = 0;
  for (let person = 1; person < scores.length; person++)
    if (scores[person]! > scores[best]! || Number.isNaN(scores[best]!)) best = person;
  return best;
}

/** How many of the ascending values exceed a threshold. */
function above(sorted: Float32Array, threshold: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! > threshold) high = middle;
    else low = middle + 1;
  }
  return sorted.length - low;
}

/** What of `genuine` is found where as few of `impostors` pass as is asked for; a score has to exceed the threshold. */
function operatingRate(target: number, impostors: Float32Array, genuine: Float32Array, trials: number): OperatingRate {
  const claimable = claimableRate(impostors.length);
  const insufficient = target < claimable;
  if (impostors.length === 0) return { target, insufficient: true, claimable: 1 };
  // A rate of 10 % of 30 is three, whatever the product of the two is as a double.
  const allowed = Math.floor((insufficient ? claimable : target) * impostors.length + 1e-9);
  const threshold = impostors[Math.max(0, impostors.length - 1 - allowed)]!;
  return {
    ...{ target, insufficient, claimable },
    at: {
      threshold,
      falseAlarms: countedRate(above(impostors, threshold), impostors.length),
      found: countedRate(above(genuine, threshold), trials),
    },
  };
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
