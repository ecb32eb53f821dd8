import { normalQuantile as z } from './pairedInterval';

/**
 * 95 % interval of a rate that was `hits` times of `trials`: Wilson's score interval (Journal of the American Statistical
 * Association 22, 1927, 209–212). With p = hits / trials it is
 * (p + z²/2n ± z √(p(1 − p)/n + z²/4n²)) / (1 + z²/n); the whole of 0 … 1 without a trial.
 */
export function rateInterval(hits: number, trials: number): [low: number, high: number] {
  if (trials === 0) return [0, 1];
  const p = hits / trials;
  const centre = p + z ** 2 / (2 * trials);
  const half = z * Math.sqrt((p * (1 - p)) / trials + z ** 2 / (4 * trials ** 2));
  const scale = 1 + z ** 2 / trials;
  return [Math.max(0, (centre - half) / scale), Math.min(1, (centre + half) / scale)];
}

/**
 * The lowest error rate that so many trials can speak for: with none wrong of n, 3 / n is the upper end of the rate's one-sided
 * 95 % interval (the rule of three). 1 where there are fewer than three. The one rule for every figure and threshold at a rate.
 */
export function claimableRate(trials: number): number {
  return trials < 3 ? 1 : 3 / trials;
}

/** How many trials it takes to speak for a rate: the inverse of `claimableRate`. */
export function trialsToClaim(rate: number): number {
  // A quotient a hair above a whole number, for want of binary digits, is that number.
  return Math.ceil(3 / rate - 1e-9);
}
