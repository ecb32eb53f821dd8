import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { decimate } from '../../../webview/chart/decimation';
import { smooth } from '../../../webview/chart/smoothing';

const measures = fc.array(fc.option(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { nil: null, freq: 10 }), {
  minLength: 1,
  maxLength: 3000,
});

test('decimation keeps the ends and every extreme, in order, within its limit', () => {
  fc.assert(
    fc.property(measures, fc.integer({ min: 2, max: 200 }), (values, buckets) => {
      const steps = values.map((_, row) => 3 * row + 1);
      const rows = decimate(steps, [values], buckets);
      assert.equal(rows[0], 0);
      assert.equal(rows.at(-1), values.length - 1);
      for (let at = 1; at < rows.length; at++) assert.ok(rows[at]! > rows[at - 1]!);
      assert.ok(rows.length <= Math.max(4 * buckets, Math.max(2, buckets)));
      const finite = (list: readonly (number | null)[]): number[] => list.filter((value) => value !== null);
      const kept = finite(rows.map((row) => values[row]!));
      const all = finite(values);
      if (all.length > 0) {
        assert.equal(Math.max(...kept), Math.max(...all));
        assert.equal(Math.min(...kept), Math.min(...all));
      }
    }),
    { numRuns: 200 },
  );
});

test('a short table is drawn whole', () => {
  assert.deepEqual(decimate([5, 6, 7], [[1, null, 3]], 10), [0, 1, 2]);
  assert.deepEqual(decimate([], [[]], 10), []);
});

test('one spike in sixty thousand steps is drawn', () => {
  const steps = Array.from({ length: 60_000 }, (_, row) => row);
  const flat = steps.map((row) => (row === 31_416 ? 9 : 1));
  const rows = decimate(steps, [flat], 800);
  assert.ok(rows.includes(31_416));
  assert.ok(rows.length <= 2400, `${rows.length} rows`);
});

test('smoothing keeps constants, skips over what is not finite, and follows its definition', () => {
  assert.deepEqual(smooth([3, 1, 2], 0), [3, 1, 2]);
  for (const value of smooth([4, 4, 4, 4], 0.9)) assert.ok(Math.abs(value! - 4) < 1e-12);
  const [first, second, third] = smooth([2, null, 8], 0.5);
  assert.equal(first, 2);
  assert.equal(second, null);
  // (0.25 · 2 + 0.5 · 8) / (1 − 0.25)
  assert.ok(Math.abs(third! - 6) < 1e-12);
});

test('a smoothed curve stays within the extremes of the raw one', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: -100, max: 100, noNaN: true }), { minLength: 1 }),
      fc.double({ min: 0, max: 0.98, noNaN: true }),
      (values, weight) => {
        for (const value of smooth(values, weight)) {
          assert.ok(value! >= Math.min(...values) - 1e-9 && value! <= Math.max(...values) + 1e-9);
        }
      },
    ),
  );
});
