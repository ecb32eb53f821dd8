import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { ReportPair } from '../../../src/protocol/lfwReport';
import { axisFloor } from '../../../src/evaluate/axisFloor';
import {
  chosenThreshold,
  histogram,
  lastUsefulIndex,
  operatingPoint,
  pointAt,
  recipeDifferences,
  wrongPairs,
} from '../../../src/evaluate/operatingPoint';
import { lfwReport } from '../../fixtures/webview/lfwReports';

const report = lfwReport({ seed: 2, pairs: 200, spread: 0.7, step: 10 });

test('wrong pairs are those that the definition calls wrong, the worst first', () => {
  fc.assert(
    fc.property(fc.constantFrom(...report.roc.thresholds), (threshold) => {
      const { falseRejects, falseAccepts } = wrongPairs(report.distances, threshold);
      const accepted = report.distances.filter((pair) => pair.distance < threshold);
      assert.equal(falseAccepts.length, accepted.filter((pair) => !pair.same).length);
      assert.equal(falseRejects.length, report.pairs.same - accepted.filter((pair) => pair.same).length);
      for (let at = 1; at < falseRejects.length; at++) {
        assert.ok(falseRejects[at]!.distance <= falseRejects[at - 1]!.distance);
      }
      for (let at = 1; at < falseAccepts.length; at++) {
        assert.ok(falseAccepts[at]!.distance >= falseAccepts[at - 1]!.distance);
      }
    }),
  );
});

test('a pair exactly at the threshold is judged different', () => {
  const pair: ReportPair = { a: 'a', b: 'b', same: true, distance: 1, fold: 0 };
  assert.equal(wrongPairs([pair], 1).falseRejects.length, 1);
  assert.equal(wrongPairs([{ ...pair, same: false }], 1).falseAccepts.length, 0);
});

test('with folds of equal make the rates at a threshold are those of its wrong pairs', () => {
  for (const threshold of [0.5, 0.9, 1.1, 1.6]) {
    const point = operatingPoint(report, threshold);
    const { falseRejects, falseAccepts } = wrongPairs(report.distances, point.threshold);
    assert.ok(Math.abs(point.far - falseAccepts.length / report.pairs.different) < 1e-9);
    assert.ok(Math.abs(1 - point.tpr - falseRejects.length / report.pairs.same) < 1e-9);
    assert.ok(Math.abs(1 - point.accuracy - (falseAccepts.length + falseRejects.length) / report.pairs.used) < 1e-9);
  }
});

test('operating points lie on the grid, and outside of it at its ends', () => {
  assert.equal(operatingPoint(report, 1.004).threshold, 1);
  assert.equal(operatingPoint(report, -3).index, 0);
  assert.equal(operatingPoint(report, 99).index, 399);
  assert.equal(pointAt(report, Number.POSITIVE_INFINITY).index, 399);
  const mean = report.accuracy.thresholds.reduce((sum, value) => sum + value, 0) / report.accuracy.thresholds.length;
  assert.ok(Math.abs(chosenThreshold(report) - mean) <= 0.005 + 1e-12);
});

test('the last useful threshold accepts every pair', () => {
  const last = pointAt(report, lastUsefulIndex(report));
  assert.equal(wrongPairs(report.distances, last.threshold).falseRejects.length, 0);
  assert.equal(last.tpr, 1);
  assert.equal(last.far, 1);
  const far = [{ a: '', b: '', same: true, distance: 7.5, fold: 0 }];
  assert.equal(lastUsefulIndex({ roc: report.roc, distances: far }), 399, 'distances beyond the grid');
});

test('a histogram counts every finite pair once', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ same: fc.boolean(), distance: fc.double({ min: 0, max: 4 }) }), { minLength: 1 }),
      fc.integer({ min: 1, max: 50 }),
      (drawn, bins) => {
        const pairs = drawn.map((pair) => ({ ...pair, a: '', b: '', fold: 0 }));
        const { same, different, centers } = histogram(pairs, bins);
        const total = [...same, ...different].reduce((sum, count) => sum + count, 0);
        assert.equal(total, pairs.filter(({ distance }) => Number.isFinite(distance)).length);
        assert.equal(centers.length, bins);
      },
    ),
    // Half of the least double is 0: a bin of no width once lost these pairs.
    { examples: [[[0, Number.MIN_VALUE].map((distance) => ({ same: false, distance })), 2]] },
  );
});

test('recipes that differ are named', () => {
  assert.deepEqual(recipeDifferences(report.recipe, report.recipe), []);
  assert.deepEqual(recipeDifferences(report.recipe, { ...report.recipe, imageSize: 150, subtractMean: true }), [
    'image size',
    'subtracted mean',
  ]);
});

test('the axis of the folds leaves air below the least bar', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 20 }), (values) => {
      const floor = axisFloor(values);
      const least = Math.min(...values);
      assert.ok(floor >= 0 && floor <= 0.99);
      assert.ok(floor === 0 || floor < least, `${floor} for ${least}`);
    }),
  );
  assert.equal(axisFloor([0.98, 0.99]), 0.97);
  assert.equal(axisFloor([0.4, 0.99]), 0);
});
