import { lowerBound } from '../../src/series/runSeries';
import type { Sampled } from './trace';

/** What is drawn for a bucket of many rows: its first value, its two extremes in their order, its last one. */
const rowsOfBucket = 4;

/** A table as uPlot takes it: x first, then one column per line; null where there is nothing to draw. */
export type DrawnTable = [x: number[], ...columns: (number | null)[][]];

/** True where [from, to] holds more rows than can be told apart in so many buckets: `resample` then sums them up. */
export function isDense(step: ArrayLike<number>, from: number, to: number, buckets: number): boolean {
  const [first, end] = rowsWithin(step, from, to);
  return end - first > rowsOfBucket * buckets;
}

/** Rows of the range and one on either side. */
function rowsWithin(step: ArrayLike<number>, from: number, to: number): [first: number, end: number] {
  return [Math.max(0, lowerBound(step, from) - 1), Math.min(step.length, lowerBound(step, to) + 2)];
}

/**
 * What to draw of lines over common steps in [from, to]: the range is cut into `buckets`, one per pixel column, and a
 * bucket of more than four rows becomes its first, least, greatest and last value, which cover the same pixels as all
 * of its rows (M4 aggregation: Jugel et al., "M4: A Visualization-Oriented Time Series Data Aggregation", 2014). One row
 * on either side of the range is kept, so that lines reach the edges.
 *
 * @param step ascending.
 */
export function resample(
  step: ArrayLike<number>,
  lines: readonly Sampled[],
  from: number,
  to: number,
  buckets: number,
): DrawnTable {
  const [first, end] = rowsWithin(step, from, to);
  const x: number[] = [];
  const columns = lines.map((): (number | null)[] => []);
  const copy = (row: number): void => {
    x.push(step[row]!);
    lines.forEach(({ values }, index) => columns[index]!.push(drawable(values[row]!)));
  };
  if (end - first <= rowsOfBucket * buckets) {
    for (let row = first; row < end; row++) copy(row);
    return [x, ...columns];
  }
  const width = (to - from) / buckets;
  for (let row = first, bucket = 0; row < end; bucket++) {
    const edge = bucket >= buckets ? Infinity : from + (bucket + 1) * width;
    const next = Math.min(end, boundAfter(step, edge, row, end));
    if (next - row <= rowsOfBucket) {
      for (; row < next; row++) copy(row);
      continue;
    }
    const left = step[row]!;
    const span = step[next - 1]! - left;
    for (let part = 0; part < rowsOfBucket; part++) x.push(left + (span * part) / (rowsOfBucket - 1));
    lines.forEach(({ values, extremes }, index) => {
      const [least, greatest] = extremes.find(row, next);
      const inOrder = least <= greatest ? [least, greatest] : [greatest, least];
      for (const at of [row, ...inOrder, next - 1]) columns[index]!.push(at < 0 ? null : drawable(values[at]!));
    });
    row = next;
  }
  return [x, ...columns];
}

/** First row in [row, end) whose step is not below `edge`; looks near `row` first, because buckets follow each other. */
function boundAfter(step: ArrayLike<number>, edge: number, row: number, end: number): number {
  if (edge === Infinity) return end;
  let reach = 1;
  while (row + reach < end && step[row + reach]! < edge) reach *= 2;
  let low = row;
  let high = Math.min(end, row + reach);
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (step[middle]! < edge) low = middle + 1;
    else high = middle;
  }
  return low;
}

function drawable(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}
