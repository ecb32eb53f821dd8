/** Distances of one side of a fold, sorted, so that every threshold is counted in one walk. */
export interface SortedDistances {
  readonly same: Float64Array;
  readonly different: Float64Array;
}

/** Splits the distances of the pairs that `belongs` accepts by whether the pair is the same person, and sorts them. */
export function sortDistances(
  distances: Float64Array,
  same: readonly boolean[],
  belongs: (pair: number) => boolean,
): SortedDistances {
  const sides: { same: number[]; different: number[] } = { same: [], different: [] };
  for (let pair = 0; pair < distances.length; pair++) {
    if (belongs(pair)) sides[same[pair] === true ? 'same' : 'different'].push(distances[pair]!);
  }
  return { same: Float64Array.from(sides.same).sort(), different: Float64Array.from(sides.different).sort() };
}

/** For each of the ascending thresholds t the number of distances d with d < t (strict, spec §7.7); NaN never counts. */
export function countBelow(sorted: Float64Array, thresholds: Float64Array): Uint32Array {
  const counts = new Uint32Array(thresholds.length);
  let below = 0;
  for (let k = 0; k < thresholds.length; k++) {
    while (below < sorted.length && sorted[below]! < thresholds[k]!) below++;
    counts[k] = below;
  }
  return counts;
}

/** 0, step, 2·step … (count values), computed as NumPy's arange does. */
export function thresholdGrid(count: number, step: number): Float64Array {
  return Float64Array.from({ length: count }, (_, k) => k * step);
}

/** Mean and population standard deviation. */
export function meanAndStd(values: readonly number[]): { mean: number; std: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, std: Math.sqrt(variance) };
}
