// What the numbers of a variable look like: to see a layer that died, exploded or was never trained.
import type { Histogram, VariableStatistics } from '../protocol/checkpoint';
import { throwIfStopped } from '../protocol/errors';
import { isNumeric } from './dataTypes';
import type { Model } from './model';

export const histogramBins = 40;

/** Statistics of the values of one variable; sums are kept in double precision. */
export function statisticsOf(name: string, values: Float32Array | Float64Array): VariableStatistics {
  let [sum, zeros, nan, finite] = [0, 0, 0, 0];
  let [min, max] = [Infinity, -Infinity];
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value === 0) zeros++;
    if (!Number.isFinite(value)) {
      if (Number.isNaN(value)) nan++;
      continue;
    }
    finite++;
    sum += value;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  const counts = { count: values.length, zeros, nan, infinite: values.length - finite - nan };
  if (finite === 0) return { name, ...counts, mean: null, std: null, min: null, max: null };
  const mean = sum / finite;
  const { squares, histogram } = spread(values, mean, min, max);
  return { name, ...counts, mean, std: Math.sqrt(squares / finite), min, max, histogram };
}

/** The second pass, which needs the mean and the extremes of the first: Σ(x − mean)², and how the values are spread. */
function spread(
  values: Float32Array | Float64Array,
  mean: number,
  min: number,
  max: number,
): { squares: number; histogram: Histogram } {
  const bins = max > min ? histogramBins : 1;
  const counts = new Array<number>(bins).fill(0);
  // Divided one by one, as the range of doubles may exceed what a double holds.
  const width = max / bins - min / bins;
  let squares = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!Number.isFinite(value)) continue;
    squares += (value - mean) ** 2;
    const bin = width > 0 ? Math.floor((value - min) / width) : 0;
    counts[Math.min(bins - 1, bin)]!++;
  }
  return { squares, histogram: { from: min, to: max, counts } };
}

/**
 * Statistics of all variables of a model that hold numbers, in the order of the file; one variable at a time is in
 * memory.
 *
 * @throws UserError when the file is damaged, StoppedError on abort.
 */
export async function modelStatistics(
  model: Pick<Model, 'variables' | 'openValues'>,
  signal?: AbortSignal,
): Promise<VariableStatistics[]> {
  const reader = await model.openValues();
  try {
    const statistics: VariableStatistics[] = [];
    for (const { name, dtype } of model.variables) {
      throwIfStopped(signal);
      if (isNumeric(dtype)) statistics.push(statisticsOf(name, await reader.values(name)));
    }
    return statistics;
  } finally {
    await reader.close();
  }
}
