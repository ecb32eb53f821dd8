import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { Extremes } from '../../../webview/chart/extremes';
import { resample } from '../../../webview/chart/resample';
import { MovingAverage } from '../../../webview/chart/smoothing';
import { Trace } from '../../../webview/chart/trace';

const value = fc.oneof(
  // Which of the two zeros is the least is nobody's business: both are drawn at one height.
  { weight: 9, arbitrary: fc.double({ min: -1e6, max: 1e6, noNaN: true }).map((one) => (one === 0 ? 0 : one)) },
  { weight: 1, arbitrary: fc.constant(NaN) },
);
const column = fc.array(value, { minLength: 1, maxLength: 3000 });

const trace = (values: ArrayLike<number>): Trace => {
  const made = new Trace();
  made.update(values, 0, 0);
  return made;
};

/** Least and greatest number, NaN left out. */
function bounds(values: Iterable<number | null>): [number, number] {
  let least = Infinity;
  let greatest = -Infinity;
  for (const one of values) {
    if (one === null || Number.isNaN(one)) continue;
    least = Math.min(least, one);
    greatest = Math.max(greatest, one);
  }
  return [least, greatest];
}

test('extremes of any stretch are those of all of its rows, also of a column that grew in parts', () => {
  fc.assert(
    fc.property(column, fc.nat(), fc.nat(), fc.nat(), (values, a, b, grown) => {
      const extremes = new Extremes();
      extremes.extend(values.slice(0, grown % (values.length + 1)));
      extremes.extend(values);
      const start = a % values.length;
      const end = start + (b % (values.length - start + 1));
      const [least, greatest] = extremes.find(start, end);
      const [low, high] = bounds(values.slice(start, end));
      if (low === Infinity) assert.deepEqual([least, greatest], [-1, -1]);
      else assert.deepEqual([values[least], values[greatest]], [low, high]);
      assert.ok(least === -1 || (least >= start && least < end && greatest >= start && greatest < end));
    }),
    { numRuns: 500 },
  );
});

test('what is drawn keeps the ends and the extremes of every pixel column, in order, within its limit', () => {
  fc.assert(
    fc.property(column, fc.integer({ min: 1, max: 200 }), fc.nat(), fc.nat(), (values, buckets, a, b) => {
      const steps = values.map((_, row) => 3 * row + 1);
      const last = steps.at(-1)!;
      const from = a % last;
      const to = from + 1 + (b % last);
      const [x, y] = resample(steps, [trace(values).raw], from, to, buckets) as [number[], (number | null)[]];
      assert.equal(x.length, y.length);
      assert.ok(x.length <= 4 * (buckets + 2), `${x.length} rows for ${buckets} pixels`);
      for (let at = 1; at < x.length; at++) assert.ok(x[at]! > x[at - 1]!, `${x[at - 1]} before ${x[at]}`);
      const width = (to - from) / buckets;
      for (let bucket = 0; bucket < buckets; bucket++) {
        // Of the inner columns, because the outermost ones also hold the neighbours that lie outside of the range.
        if (bucket === 0 || bucket === buckets - 1) continue;
        const [low, high] = [from + bucket * width, from + (bucket + 1) * width];
        const inside = (step: number): boolean => step >= low && step < high;
        const rows = steps.flatMap((step, row) => (inside(step) ? [values[row]!] : []));
        if (rows.length === 0) continue;
        assert.deepEqual(bounds(y.filter((_, at) => inside(x[at]!))), bounds(rows));
      }
    }),
    { numRuns: 300 },
  );
});

test('a short table is drawn whole, what is not a number as a gap, with one row on either side of the range', () => {
  assert.deepEqual(resample([5, 6, 7], [trace([1, NaN, 3]).raw], 0, 9, 10), [
    [5, 6, 7],
    [1, null, 3],
  ]);
  assert.deepEqual(resample([1, 2, 3, 4, 5, 6], [trace([1, 2, 3, 4, 5, 6]).raw], 2.5, 3.5, 10)[0], [2, 3, 4, 5]);
  assert.deepEqual(resample([], [trace([]).raw], 0, 1, 10), [[], []]);
});

test('one spike in a million steps is drawn', () => {
  const steps = Float64Array.from({ length: 1_000_000 }, (_, row) => row + 1);
  const flat = new Float32Array(steps.length).fill(1);
  flat[314_159] = 9;
  const [x, y] = resample(steps, [trace(flat).raw], 0, 1_000_000, 800) as [number[], number[]];
  const spike = y.indexOf(9);
  assert.ok(Math.abs(x[spike]! - 314_160) < 1_000_000 / 800, `drawn at ${x[spike]}`);
  assert.ok(x.length <= 3208, `${x.length} rows`);
});

const smooth = (values: number[], weight: number): number[] => [...new MovingAverage(weight).extend(values)];

test('smoothing keeps constants, skips over what is not finite, and follows its definition', () => {
  for (const one of smooth([4, 4, 4, 4], 0.9)) assert.ok(Math.abs(one - 4) < 1e-6);
  const [first, second, third] = smooth([2, NaN, 8], 0.5);
  assert.equal(first, 2);
  assert.ok(Number.isNaN(second));
  // (0.25 · 2 + 0.5 · 8) / (1 − 0.25)
  assert.equal(third, 6);
});

test('a smoothed curve stays within the extremes of the raw one, and grows as it would have been at once', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: -100, max: 100, noNaN: true }), { minLength: 1, maxLength: 600 }),
      fc.double({ min: 0, max: 0.98, noNaN: true }),
      fc.nat(),
      (values, weight, part) => {
        const whole = smooth(values, weight);
        const [least, greatest] = bounds(values);
        for (const one of whole) assert.ok(one >= least - 1e-4 && one <= greatest + 1e-4);
        const grown = new MovingAverage(weight);
        grown.extend(values.slice(0, part % values.length));
        assert.deepEqual([...grown.extend(values)], whole);
      },
    ),
  );
});

test('a trace whose rows were cut is computed anew, and a changed weight smooths again', () => {
  const made = new Trace();
  made.update([1, 2, 3, 4], 0, 0.5);
  made.update([1, 9], 1, 0.5);
  assert.deepEqual([...(made.smoothed.values as Float32Array)], smooth([1, 9], 0.5));
  assert.deepEqual(made.raw.extremes.find(0, 2), [0, 1]);
  made.update([1, 9], 1, 0.9);
  assert.deepEqual([...(made.smoothed.values as Float32Array)], smooth([1, 9], 0.9));
  made.update([1, 9], 1, 0);
  assert.equal(made.smoothed, made.raw);
});
