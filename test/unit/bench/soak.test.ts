import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judged, type Sample } from '../../../bench/soak/soaks';

/** 100 samples of 20,000 steps, each of `of` at its step. */
const samples = (of: (step: number) => Partial<Sample>): Sample[] =>
  Array.from({ length: 100 }, (_, index) => {
    const step = 200 * (index + 1);
    return { step, tensors: 6, heap: 100e6 + 2e6 * Math.sin(index), rss: 300e6, ...of(step) };
  });

test('a soak that stays as it is, or grows only at first, is flat', () => {
  assert.deepEqual(judged(samples(() => ({}))).faults, []);
  assert.deepEqual(judged(samples((step) => ({ rss: 300e6 + 100e6 * Math.min(1, step / 5000) }))).faults, []);
});

test('what a step leaves behind is found', () => {
  assert.deepEqual(judged(samples((step) => ({ tensors: 6 + step }))).faults, ['tensors are left behind']);
  assert.deepEqual(judged(samples((step) => ({ heap: 100e6 + 400 * step }))).faults, ['the heap grows']);
  assert.deepEqual(judged(samples((step) => ({ rss: 300e6 + 2000 * step }))).faults, ['the process grows']);
  assert.deepEqual(judged(samples(() => ({})).slice(0, 3)).faults, ['too few steps were seen']);
});
