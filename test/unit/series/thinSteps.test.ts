import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { snapshotOf } from '../../../src/series/runSeries';
import { decimate, thinned } from '../../../src/series/thinSteps';
import { runEvents } from '../../fixtures/webview/runEvents';
import { seriesOf } from '../../fixtures/webview/snapshots';

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

test('a run that is compared is sent whole where it is short, and as rows of its own where it is long', () => {
  const short = seriesOf(runEvents({ stepsPerEpoch: 10, logEvery: 1, seed: 5 }));
  assert.deepEqual(thinned(short).steps, snapshotOf(short).steps);
  const long = seriesOf(runEvents({ stepsPerEpoch: 2000, logEvery: 1, seed: 5 }));
  const all = long.steps.snapshot();
  const sent = thinned(long).steps;
  assert.ok(sent.step.length < 45_000 && sent.step.length > 8000, `${sent.step.length} rows`);
  assert.equal(sent.step.at(-1), all.step.at(-1));
  assert.equal(Math.max(...sent.loss), Math.max(...all.loss));
  for (let row = 0; row < sent.step.length; row += 97) {
    assert.equal(sent.loss[row], all.loss[sent.step[row]! - 1]);
  }
});
