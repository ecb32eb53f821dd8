import assert from 'node:assert/strict';
import { test } from 'node:test';
import { percent, percentSpread, percentTick, points, signedPoints } from '../../../src/words/rates';

test('rates are percentages with one decimal, changes are points', () => {
  assert.deepEqual([0, 0.9466, 0.995, 1].map(percent), ['0.0 %', '94.7 %', '99.5 %', '100.0 %']);
  assert.deepEqual([0.00067, 0.001, 0.0094, 0.0096].map(percent), ['0.067 %', '0.1 %', '0.94 %', '1.0 %']);
  assert.deepEqual([0, 0.95, 0.975, 1].map(percentTick), ['0 %', '95 %', '97.5 %', '100 %']);
  assert.equal(percentSpread(0.94667, 0.02667), '94.7 % ± 2.7');
  assert.deepEqual([0.04, -0.026, 0].map(points), ['4.0', '2.6', '0.0']);
  assert.deepEqual([0.04, -0.026, 0, -0.0004].map(signedPoints), ['+4.0', '−2.6', '±0.0', '±0.0']);
});
