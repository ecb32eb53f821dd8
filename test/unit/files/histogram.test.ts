import assert from 'node:assert/strict';
import { test } from 'node:test';
import { histogramOf } from '../../../src/files/histogram';
import { encodeHistograms, encodeMetaGraph } from '../../../src/files/tensorboard';

test('values lie in the buckets of tf.summary.histogram, runs of empty ones in one', () => {
  const { bucketLimits, buckets, ...moments } = histogramOf([0, 1, -1, 1]);
  assert.deepEqual(moments, { min: -1, max: 1, count: 4, sum: 1, sumOfSquares: 3 });
  assert.deepEqual(
    buckets.filter((count) => count > 0),
    [1, 1, 2],
  );
  buckets.forEach((count, i) => {
    const [low, high] = [bucketLimits[i - 1] ?? -Infinity, bucketLimits[i]!];
    const within = [0, 1, -1, 1].filter((value) => value >= low && value < high).length;
    assert.equal(count, within, `${low} to ${high}`);
    if (i > 0) assert.ok(!(count === 0 && buckets[i - 1] === 0), 'two empty buckets side by side');
  });
  assert.equal(bucketLimits.at(-1), Number.MAX_VALUE);
  // 0 lies between 0 and the smallest limit above it.
  assert.ok(bucketLimits.includes(1e-12));
});

test('neighbouring limits are a tenth apart, and the same on both sides of 0', () => {
  const { bucketLimits } = histogramOf(Array.from({ length: 400 }, (_, i) => (i - 200) / 10));
  const dense = bucketLimits.filter((limit) => limit >= 15 && limit < 20);
  for (let i = 1; i < dense.length; i++) assert.ok(Math.abs(dense[i]! / dense[i - 1]! - 1.1) < 1e-9);
  for (const limit of dense.slice(1, -1)) assert.ok(bucketLimits.includes(-limit), String(limit));
});

test('nothing is an empty histogram, and what is not finite shows in its moments', () => {
  assert.deepEqual(histogramOf([]).buckets, [0]);
  assert.ok(Number.isNaN(histogramOf([1, NaN]).sumOfSquares));
  assert.equal(histogramOf([1, Infinity]).sumOfSquares, Infinity);
});

test('records hold packed limits and counts, and the graph', () => {
  const record = encodeHistograms(2.5, 7, new Map([['w', histogramOf([1])]]));
  const text = record.toString('hex');
  assert.ok(text.includes('0a0177'), 'the tag w');
  // min, max, num, sum, sum of squares: 1 each, then the packed limits.
  assert.match(
    text,
    /2a[0-9a-f]{2,4}09000000000000f03f11000000000000f03f19000000000000f03f21000000000000f03f29000000000000f03f32/,
  );
  assert.match(encodeMetaGraph(1.5, Uint8Array.of(1, 2, 3)).toString('hex'), /4a03010203/);
});
