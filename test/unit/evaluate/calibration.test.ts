import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NumpyRandom } from '../../../src/dataset/random';
import { calibrate, confidenceAt } from '../../../src/evaluate/calibration';
import { calibrationLines } from '../../../src/evaluate/calibrationText';
import { trialsToClaim } from '../../../src/evaluate/rateInterval';
import { uncertaintyOf } from '../../../src/evaluate/uncertainty';
import { judgeOf, otherChip } from '../../../src/identify/modelCalibration';
import { calibrationSchema } from '../../../src/protocol/calibration';
import type { LfwReport } from '../../../src/protocol/lfwReport';

const recipe = { useFlippedImages: false, subtractMean: false, distanceMetric: 0, folds: 10 } as const;

/** Pairs whose probability of being one person is a known logistic curve of the distance. */
function pairs(count: number, sameWeight = 1): Pick<LfwReport, 'distances' | 'recipe'> {
  const random = new NumpyRandom(5);
  const distances: LfwReport['distances'] = [];
  while (distances.length < count) {
    const distance = random.uniform(0, 4);
    const odds = sameWeight * Math.exp(-3 * (distance - 1.5));
    const same = random.uniform() < odds / (1 + odds);
    distances.push({ a: 'a', b: 'b', same, distance, fold: 0 });
  }
  return { distances, recipe };
}

test('the curve is the one that the pairs were drawn by, whatever share of them shows one person', () => {
  for (const weight of [1, 8]) {
    const calibration = calibrate(pairs(20_000, weight))!;
    calibrationSchema.parse(calibration);
    const { same, different } = calibration.pairs;
    const even = 1.5 + Math.log(weight) / 3 - Math.log(same / different) / 3;
    for (const distance of [0.5, 1, 1.5, 2, 3]) {
      const expected = 1 / (1 + Math.exp(3 * (distance - even)));
      assert.ok(Math.abs(confidenceAt(calibration, distance) - expected) < 0.03, `${weight} ${distance}`);
    }
    for (const { predicted, observed, pairs: count } of calibration.reliability)
      if (count > 300) assert.ok(Math.abs(predicted - observed) < 0.07, `${predicted} ${observed}`);
  }
});

test('each threshold is worth what it says, and none is told that the pairs cannot tell', () => {
  const report = pairs(6000);
  const { thresholds, pairs: counts } = calibrate(report)!;
  const rates = (threshold: number) => {
    const accepted = report.distances.filter(({ distance }) => distance < threshold);
    const wrong = accepted.filter(({ same }) => !same).length;
    return { far: wrong / counts.different, tar: (accepted.length - wrong) / counts.same };
  };
  for (const found of Object.values(thresholds)) {
    assert.deepEqual({ far: found.far, tar: found.tar }, rates(found.threshold));
    assert.ok(found.farInterval[0] <= found.far && found.far <= found.farInterval[1]);
  }
  assert.ok(thresholds.far2!.far <= 1e-2 && rates(thresholds.far2!.threshold + 0.1).far > 1e-2);
  assert.ok(thresholds.far3!.far <= 1e-3);
  assert.ok(Math.abs(thresholds.eer!.far - (1 - thresholds.eer!.tar)) < 5e-3);
  const few = calibrate(pairs(700))!;
  assert.equal(few.thresholds.far3, undefined);
  assert.match(
    calibrationLines(few).join('\n'),
    /Threshold at FAR 1e-3: insufficient data \(\d+ pairs of two people; it takes 3000\)/,
  );
  assert.ok(few.thresholds.far2);
  assert.equal(calibrate({ recipe, distances: report.distances.filter(({ same }) => same) }), undefined);
});

test('a threshold is told from as many pairs as the rates of the report are', () => {
  const at = { accuracy: [1], validation: [1] };
  for (const [different, far2, far3] of [
    [299, false, false],
    [300, true, false],
    [2999, true, false],
    [3000, true, true],
  ] as const) {
    const distances = Array.from({ length: different + 10 }, (_, index) => {
      const same = index < 10;
      return { a: `${index}/1`, b: `${index}/2`, same, distance: same ? 0.5 : 1 + index / 10_000, fold: 0 };
    });
    const { thresholds } = calibrate({ recipe, distances })!;
    assert.deepEqual([thresholds.far2 !== undefined, thresholds.far3 !== undefined], [far2, far3], `${different}`);
    const claimed = uncertaintyOf(distances, at).rates.map(({ insufficient }) => !insufficient);
    assert.deepEqual(claimed, [far2, far3], `${different}`);
  }
  assert.deepEqual([1e-2, 1e-3, 1e-4, 3e-4].map(trialsToClaim), [300, 3000, 30_000, 10_000]);
});

test('pairs that are told apart without a mistake give a curve as well', () => {
  const distances = Array.from({ length: 100 }, (_, i) => ({
    a: '',
    b: '',
    same: i < 50,
    distance: i < 50 ? 0.2 : 2,
    fold: 0,
  }));
  const calibration = calibrate({ recipe, distances })!;
  assert.ok(confidenceAt(calibration, 0.2) > 0.95 && confidenceAt(calibration, 2) < 0.05);
  assert.deepEqual([calibration.thresholds.accuracy!.accuracy, calibration.thresholds.eer!.far], [1, 0]);
});

test('a judge takes Euclidean distances, whatever the report has measured', () => {
  const squared = calibrate(pairs(2000))!;
  const judge = judgeOf(squared, { goal: 'accuracy' })!;
  assert.ok(Math.abs(judge.threshold ** 2 - squared.thresholds.accuracy!.threshold) < 1e-12);
  assert.equal(judge.confidence(1.2), confidenceAt(squared, 1.2 * 1.2));
  const angular = {
    ...squared,
    metric: 1,
    thresholds: { accuracy: { ...squared.thresholds.accuracy!, threshold: 0.5 } },
  } as const;
  assert.ok(Math.abs(judgeOf(angular, { goal: 'accuracy' })!.threshold - Math.SQRT2) < 1e-12);
  assert.equal(judgeOf(angular, { goal: 'far3' }), undefined);
  assert.equal(judgeOf(undefined, { goal: 'far3' }), undefined);
  assert.equal(judgeOf(undefined, { goal: 'far3', threshold: 0.9 })!.threshold, 0.9);
});

test('a report of faces that were cut out otherwise is told by its name; one of boxes has no chip to differ by', () => {
  const report = { report: 'lfw.json', recipe: { ...recipe, alignment: 'landmarks' } as LfwReport['recipe'] };
  assert.match(
    otherChip(report, { alignment: 'landmarks', chip: 'mean-face' })!,
    /^The report lfw\.json was measured on faces cut out as "tip-at-base", and these are cut out as "mean-face"/,
  );
  assert.equal(otherChip(report, { alignment: 'landmarks', chip: 'tip-at-base' }), undefined);
  assert.equal(otherChip(report, { alignment: 'box' }), undefined);
});
