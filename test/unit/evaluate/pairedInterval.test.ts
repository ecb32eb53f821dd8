import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { SeededRandom } from '../../../src/demo/seededRandom';
import { pairedInterval } from '../../../src/evaluate/pairedInterval';

const near = (given: number, expected: number, bound = 5e-5): void =>
  assert.ok(Math.abs(given - expected) <= bound, `${given} is not ${expected}`);

describe('the interval of paired proportions', () => {
  test('is the adjusted Wald interval, worked out by the moments of the differences', () => {
    // Bonett and Price: the plain Wald interval of the data with one pair more of each discordant kind. Here its mean and
    // variance are taken from the list of differences itself.
    for (const [fixed, broken, pairs] of [
      [7, 1, 21],
      [40, 16, 600],
      [0, 0, 60],
      [3, 90, 6000],
    ] as const) {
      const differences = [
        ...Array.from({ length: fixed + 1 }, () => 1),
        ...Array.from({ length: broken + 1 }, () => -1),
        ...Array.from({ length: pairs - fixed - broken }, () => 0),
      ];
      const mean = differences.reduce((sum, value) => sum + value, 0) / differences.length;
      const variance = differences.reduce((sum, value) => sum + (value - mean) ** 2, 0) / differences.length;
      const half = 1.959964 * Math.sqrt(variance / differences.length);
      const [low, high] = pairedInterval(fixed, broken, pairs);
      near(low, mean - half, 1e-12);
      near(high, mean + half, 1e-12);
    }
  });

  test('of 21 pairs with 7 fixed and 1 broken is 0.0134 … 0.5084', () => {
    // By hand: p = 8/23, q = 2/23, standard error √((10/23 − (6/23)²) / 23) = 0.12627.
    const [low, high] = pairedInterval(7, 1, 21);
    near(low, 0.0134);
    near(high, 0.5084);
  });

  test('changes sides with the counts and narrows with the root of the pairs', () => {
    const [low, high] = pairedInterval(30, 10, 500);
    assert.deepEqual(pairedInterval(10, 30, 500), [-high, -low]);
    const [wideLow, wideHigh] = pairedInterval(60, 20, 1000);
    near((high - low) / (wideHigh - wideLow), Math.SQRT2, 0.02);
  });

  test('stays within what a difference can be', () => {
    assert.ok(pairedInterval(0, 2, 2)[0] >= -1);
    assert.ok(pairedInterval(2, 0, 2)[1] <= 1);
  });

  test('holds the true difference in 95 of 100 samples', () => {
    const random = new SeededRandom(5, 'coverage');
    for (const [fixing, breaking, pairs] of [
      [0.06, 0.02, 300],
      [0.02, 0.02, 300],
      [0.1, 0.05, 60],
    ] as const) {
      let held = 0;
      const samples = 2000;
      for (let sample = 0; sample < samples; sample++) {
        let [fixed, broken] = [0, 0];
        for (let pair = 0; pair < pairs; pair++) {
          const drawn = random.uniform(0, 1);
          if (drawn < fixing) fixed++;
          else if (drawn < fixing + breaking) broken++;
        }
        const [low, high] = pairedInterval(fixed, broken, pairs);
        if (low <= fixing - breaking && fixing - breaking <= high) held++;
      }
      // Two standard errors of the share itself are one point.
      assert.ok(held / samples > 0.935 && held / samples < 0.985, `${held / samples} for ${pairs} pairs`);
    }
  });
});
