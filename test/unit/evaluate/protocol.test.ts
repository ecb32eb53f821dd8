import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { areaUnderCurve, equalErrorRate } from '../../../src/evaluate/curves';
import { pairDistances } from '../../../src/evaluate/distances';
import { evaluatePairs } from '../../../src/evaluate/evaluatePairs';
import { makeFolds } from '../../../src/evaluate/folds';
import { buildReport, formatReport } from '../../../src/evaluate/report';
import { thresholdAtFar } from '../../../src/evaluate/validationRate';
import { lfwReportSchema } from '../../../src/protocol/lfwReport';

/** The pairs of spec §7.10: 64 pairs of 6-d unit vectors, even ones of the same person. */
function goldenPairs(): { data: Float64Array; dimension: number; same: boolean[] } {
  const dimension = 6;
  const data = new Float64Array(128 * dimension);
  const same: boolean[] = [];
  for (let k = 0; k < 64; k++) {
    same.push(k % 2 === 0);
    const rows = [0, 1].map(() => new Float64Array(dimension));
    for (let d = 0; d < dimension; d++) {
      const a = Math.sin(1 + 2.9 * k + 0.7 * d * d + 0.31 * k * d);
      const n = Math.sin(2 + 1.7 * k + 1.3 * d + 0.53 * k * d);
      rows[0]![d] = a;
      rows[1]![d] = k % 2 === 0 ? a + 1.6 * n : Math.sin(0.5 + 4.1 * k + 1.9 * d * d + 0.17 * k * d);
    }
    rows.forEach((row, side) => {
      const norm = Math.hypot(...row);
      data.set(
        row.map((value) => value / norm),
        (2 * k + side) * dimension,
      );
    });
  }
  return { data, dimension, same };
}

const golden = [
  [0, false, 0.8404761905, 0.1059724433, 0.775, 0.1493039406, 0.0333333333, 0.9531944444, 0.125],
  [0, true, 0.8404761905, 0.1059724433, 0.775, 0.1493039406, 0.0333333333, 0.9531944444, 0.125],
  [1, false, 0.8880952381, 0.0738095238, 0.775, 0.1493039406, 0.0333333333, 0.9530555556, 0.1416666667],
  [1, true, 0.8880952381, 0.0738095238, 0.8083333333, 0.1583333333, 0.0333333333, 0.9536458333, 0.125],
] as const;

for (const [distanceMetric, subtractMean, accuracy, std, val, valStd, far, auc, eer] of golden) {
  test(`the reference's numbers, metric ${distanceMetric}, subtract mean ${subtractMean}, within 1e-9`, () => {
    const pairs = goldenPairs();
    const result = evaluatePairs(pairs, pairs.same, { folds: 10, distanceMetric, subtractMean });
    // The table prints ten digits, so half a unit of the last one is added to the tolerance.
    const near = (actual: number, expected: number): void =>
      assert.ok(Math.abs(actual - expected) < 1e-9, `${actual} ≠ ${expected}`);
    near(result.accuracy.mean, accuracy);
    near(result.accuracy.std, std);
    near(result.validation.rate, val);
    near(result.validation.std, valStd);
    near(result.validation.far, far);
    near(result.auc, auc);
    assert.ok('rate' in result.eer);
    near(result.eer.rate, eer);
  });
}

test('fold accuracies of the golden pairs', () => {
  const pairs = goldenPairs();
  const folds = (distanceMetric: 0 | 1): number[] =>
    evaluatePairs(pairs, pairs.same, { folds: 10, distanceMetric, subtractMean: false }).accuracy.perFold.map(
      (value) => Math.round(value * 1e6) / 1e6,
    );
  assert.deepEqual(folds(0), [0.857143, 0.857143, 0.857143, 1, 0.666667, 0.833333, 0.833333, 0.833333, 0.666667, 1]);
  assert.deepEqual(folds(1), [1, 0.857143, 0.857143, 1, 0.833333, 0.833333, 0.833333, 0.833333, 0.833333, 1]);
});

test('folds are contiguous and the first ones take the remainder', () => {
  assert.deepEqual(makeFolds(7, 3), [
    { start: 0, end: 3 },
    { start: 3, end: 5 },
    { start: 5, end: 7 },
  ]);
  assert.throws(() => makeFolds(0, 10), /greater than the number of pairs: 0/);
  assert.throws(() => makeFolds(5, 1), /1 folds cannot be evaluated/);
});

test('equal vectors have angular distance 0, where the reference got NaN', () => {
  const row = [0.6, 0.64, 0.48];
  const data = Float64Array.from([...row, ...row]);
  assert.deepEqual([...pairDistances({ data, dimension: 3 }, 1)], [0]);
});

test('the threshold for a false-accept rate is interpolated on the staircase', () => {
  // Two different pairs at 0.1005 and 0.3: the rate is 0 up to 0.100, 0.5 from 0.101 on.
  assert.ok(Math.abs(thresholdAtFar(Float64Array.of(0.1005, 0.3), 0.25) - 0.1005) < 1e-12);
  assert.equal(thresholdAtFar(Float64Array.of(5, 6), 0.001), 0, 'never reached');
  assert.equal(thresholdAtFar(new Float64Array(0), 0.001), 0, 'no different pairs');
});

test('area and equal error rate of a straight curve', () => {
  const fpr = Float64Array.of(0, 1);
  const tpr = Float64Array.of(0, 1);
  assert.equal(areaUnderCurve(fpr, tpr), 0.5);
  assert.deepEqual(equalErrorRate(fpr, tpr), { rate: 0.5 });
  assert.deepEqual(equalErrorRate(Float64Array.of(0, 0, 1), Float64Array.of(0, 1, 1)), { rate: 0 });
  assert.ok('note' in equalErrorRate(Float64Array.of(0, 0.1), Float64Array.of(0, 0.2)));
});

test('any embeddings give finite numbers in range, and a report that its schema accepts', () => {
  const unit = fc.double({ min: -1, max: 1, noNaN: true });
  const pairs = fc.array(fc.record({ a: fc.tuple(unit, unit), b: fc.tuple(unit, unit), same: fc.boolean() }), {
    minLength: 2,
    maxLength: 40,
  });
  fc.assert(
    fc.property(pairs, fc.constantFrom(0 as const, 1 as const), fc.boolean(), (items, distanceMetric, subtractMean) => {
      const data = Float64Array.from(items.flatMap(({ a, b }) => [...a, ...b]));
      const options = { folds: 2, distanceMetric, subtractMean };
      const result = evaluatePairs(
        { data, dimension: 2 },
        items.map((item) => item.same),
        options,
      );
      const { accuracy, validation } = result;
      for (const value of [accuracy.mean, validation.rate, validation.far, result.auc, ...accuracy.perFold]) {
        assert.ok(value >= 0 && value <= 1 + 1e-12, String(value));
      }
      const report = buildReport(result, {
        model: { path: 'm', name: 'm' },
        imagesDir: 'd',
        recipe: { alignment: 'box', imageSize: 160, standardization: 'fixed', useFlippedImages: false },
        options,
        pairs: items.map(({ same }) => ({ relativeA: 'a', relativeB: 'b', same })),
        skipped: [],
      });
      lfwReportSchema.parse(JSON.parse(JSON.stringify(report)));
      assert.equal(formatReport(report).length, 4);
    }),
  );
});

test('the closing lines are the reference’s', () => {
  assert.deepEqual(
    formatReport({
      accuracy: { mean: 0.9965, std: 0.00252, perFold: [], thresholds: [] },
      validation: { rate: 0.98367, std: 0.00948, far: 0.001, farTarget: 0.001 },
      auc: 0.9999,
      eer: 0.0041,
    }),
    [
      'Accuracy: 0.99650+-0.00252',
      'Validation rate: 0.98367+-0.00948 @ FAR=0.00100',
      'Area Under Curve (AUC): 1.000',
      'Equal Error Rate (EER): 0.004',
    ],
  );
});
