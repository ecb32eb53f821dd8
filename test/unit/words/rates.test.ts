import assert from 'node:assert/strict';
import { test } from 'node:test';
import { percent, points, signedPoints } from '../../../src/words/rates';

test('rates are percentages with one decimal, changes are points', () => {
  assert.deepEqual([0, 0.9466, 0.995, 1].map(percent), ['0.0 %', '94.7 %', '99.5 %', '100.0 %']);
  assert.deepEqual([0.04, -0.026, 0].map(points), ['4.0', '2.6', '0.0']);
  assert.deepEqual([0.04, -0.026, 0, -0.0004].map(signedPoints), ['+4.0', '−2.6', '±0.0', '±0.0']);
});
