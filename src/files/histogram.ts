// Histograms as TensorFlow makes them for TensorBoard.

/** The largest double, TensorFlow's outermost bucket limit. */
const largest = Number.MAX_VALUE;

/** Upper limits of the buckets: ±10⁻¹² · 1.1ⁿ up to ±10²⁰, 0, and the largest numbers at both ends. */
const limits: Float64Array = (() => {
  const positive: number[] = [];
  for (let limit = 1e-12; limit < 1e20; limit *= 1.1) positive.push(limit);
  positive.push(largest);
  return Float64Array.from([...positive.map((limit) => -limit).reverse(), 0, ...positive]);
})();

/** What a HistogramProto holds. */
export interface Histogram {
  min: number;
  max: number;
  count: number;
  sum: number;
  sumOfSquares: number;
  /** Upper limit of each bucket (its lower one is the limit before), with how many values lie below it. */
  bucketLimits: number[];
  buckets: number[];
}

/** Index of the first limit above a value. */
function bucketOf(value: number): number {
  let [low, high] = [0, limits.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (limits[middle]! > value) high = middle;
    else low = middle + 1;
  }
  return low;
}

/**
 * The histogram of finite values in the buckets of tf.summary.histogram; buckets that are empty are merged into the one
 * before the next that is not.
 */
export function histogramOf(values: ArrayLike<number>): Histogram {
  const counts = new Float64Array(limits.length);
  let [min, max, sum, sumOfSquares] = [largest, -largest, 0, 0];
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    const bucket = bucketOf(value);
    counts[bucket] = counts[bucket]! + 1;
    if (value < min) min = value;
    if (value > max) max = value;
    sum += value;
    sumOfSquares += value * value;
  }
  const histogram: Histogram = { min, max, count: values.length, sum, sumOfSquares, bucketLimits: [], buckets: [] };
  for (let i = 0; i < counts.length; i++) {
    if (counts[i] === 0) while (i + 1 < counts.length && counts[i + 1] === 0) i++;
    histogram.bucketLimits.push(limits[i]!);
    histogram.buckets.push(counts[i]!);
  }
  return histogram;
}
