import { countBelow, thresholdGrid, type SortedDistances } from './counts';

/** Thresholds among which VAL@FAR looks: 0, 0.001 … 3.999 (spec §7.4). */
const validationThresholds = thresholdGrid(4000, 0.001);

/** False-accept rate at which the validation rate is reported. */
export const farTarget = 1e-3;

/**
 * Threshold at which the training pairs have a false-accept rate of `target`, interpolated linearly on the staircase of
 * rates; 0 where the rate is never reached (spec §7.8). A target equal to the highest rate also gives 0, as in SciPy.
 */
export function thresholdAtFar(different: Float64Array, target: number): number {
  const count = different.length;
  if (count === 0) return 0;
  const accepts = countBelow(different, validationThresholds);
  const last = validationThresholds.length - 1;
  if (accepts[last]! / count < target) return 0;
  let i = last;
  while (i >= 0 && accepts[i]! / count > target) i--;
  if (i < 0 || i === last) return 0;
  const below = accepts[i]! / count;
  const above = accepts[i + 1]! / count;
  const step = validationThresholds[i + 1]! - validationThresholds[i]!;
  return validationThresholds[i]! + (step * (target - below)) / (above - below);
}

/** VAL and FAR of these pairs at a threshold; 0 where there are no pairs of the kind (the reference divides by zero). */
export function ratesAt(distances: SortedDistances, threshold: number): { val: number; far: number } {
  const grid = Float64Array.of(threshold);
  const { same, different } = distances;
  return {
    val: same.length === 0 ? 0 : countBelow(same, grid)[0]! / same.length,
    far: different.length === 0 ? 0 : countBelow(different, grid)[0]! / different.length,
  };
}
