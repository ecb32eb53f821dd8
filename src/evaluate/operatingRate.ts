// What is found at a rate of false alarms, and whether there is enough data to speak of it.
import type { CountedRate, OperatingRate } from '../protocol/countedRate';
import { claimableRate, rateInterval } from './rateInterval';

type Scores = Float32Array | Float64Array;

/**
 * A rate with its 95 % interval (`rateInterval`).
 * @param widening by which the interval is wider than that of independent trials, at least 1: as of widening² fewer trials
 */
export function countedRate(hits: number, of: number, widening = 1): CountedRate {
  const effect = widening ** 2;
  return { hits, of, rate: of === 0 ? 0 : hits / of, interval: rateInterval(hits / effect, of / effect) };
}

/** How many of the ascending values exceed a threshold. */
function above(sorted: Scores, threshold: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! > threshold) high = middle;
    else low = middle + 1;
  }
  return sorted.length - low;
}

/**
 * What of `genuine` is found where as few of `impostors` pass as is asked for; a score has to exceed the threshold. A target
 * that fewer impostors than 3 / target stand for is `insufficient`, and measured at the rate that they support.
 * @param target rate of impostors that may pass, 0 … 1
 * @param impostors scores, ascending
 * @param genuine scores, ascending, of `trials`
 */
export function operatingRate(target: number, impostors: Scores, genuine: Scores, trials: number): OperatingRate {
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
