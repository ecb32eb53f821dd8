import type { OverlayRun } from '../protocol/runSeries';
import { isMeasured, tripletColumns, type RunSeries } from './runSeries';

/** Buckets of a run that is sent to be compared with another: more than a screen has pixels. */
const sentBuckets = 4000;

/** What is drawn of a run beside another one, thinned out where it is long; the rows that stay are measured ones. */
export function thinned({ steps, validation, lfw }: RunSeries): OverlayRun['series'] {
  const all = steps.snapshot();
  const drawn = [all.loss, all.accuracy, all.imagesPerSecond, all.residentBytes];
  if (isMeasured({ steps }, 'tripletLoss')) drawn.push(...tripletColumns.map((column) => all[column]));
  const rows = steps.length > 2 * sentBuckets ? decimate(all.step, drawn, sentBuckets) : undefined;
  const kept = rows === undefined ? all : mapValues(all, (column) => pick(column, rows));
  return { steps: kept, validation: validation.snapshot(), lfw: [...lfw] };
}

function pick(column: Float32Array | Float64Array, rows: readonly number[]): Float32Array | Float64Array {
  const values = rows.map((row) => column[row]!);
  return column instanceof Float64Array ? Float64Array.from(values) : Float32Array.from(values);
}

function mapValues<K extends string, V>(record: Record<K, V>, change: (value: V) => V): Record<K, V> {
  return Object.fromEntries(Object.entries<V>(record).map(([key, value]) => [key, change(value)])) as Record<K, V>;
}

/**
 * Rows to keep of a long table: the range is cut into `buckets` of equal width in x, and of each bucket the first and
 * last row stay and for every column the rows of its least and greatest value. So no spike is lost, and a line through
 * the kept rows covers the same pixels as one through all of them when a bucket is a pixel wide.
 *
 * @param x ascending.
 * @returns indices, ascending; all of them when there are no more rows than buckets.
 */
export function decimate(
  x: ArrayLike<number>,
  columns: readonly ArrayLike<number | null | undefined>[],
  buckets: number,
): number[] {
  const rows = x.length;
  if (rows <= Math.max(2, buckets)) return Array.from({ length: rows }, (_, row) => row);
  const first = x[0]!;
  const width = (x[rows - 1]! - first) / buckets;
  const bucketOf = (row: number): number => Math.min(buckets - 1, Math.floor((x[row]! - first) / width));
  const kept: number[] = [];
  let start = 0;
  while (start < rows) {
    const bucket = bucketOf(start);
    let end = start + 1;
    while (end < rows && bucketOf(end) === bucket) end++;
    kept.push(...notable(columns, start, end));
    start = end;
  }
  return kept;
}

/** First, last and extreme rows of [start, end), ascending and without repetition. */
function notable(columns: readonly ArrayLike<number | null | undefined>[], start: number, end: number): number[] {
  const rows = new Set([start, end - 1]);
  for (const column of columns) {
    let least = -1;
    let greatest = -1;
    for (let row = start; row < end; row++) {
      const value = column[row];
      if (value === null || value === undefined || Number.isNaN(value)) continue;
      if (least < 0 || value < column[least]!) least = row;
      if (greatest < 0 || value > column[greatest]!) greatest = row;
    }
    if (least >= 0) rows.add(least).add(greatest);
  }
  return [...rows].sort((a, b) => a - b);
}
