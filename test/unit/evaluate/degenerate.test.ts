import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { evaluatePairs } from '../../../src/evaluate/evaluatePairs';
import { lfwResultLine } from '../../../src/evaluate/lfwResult';
import { buildReport } from '../../../src/evaluate/report';
import { lfwReportSchema } from '../../../src/protocol/lfwReport';

const subject = { model: { path: 'm', name: 'm' }, imagesDir: 'd', recipe: { useFlippedImages: false }, skipped: [] };

test('embeddings of a diverged model give a report with finite numbers, and the report says so', () => {
  const anything = fc.double();
  const pairs = fc.array(fc.tuple(fc.tuple(anything, anything), fc.tuple(anything, anything), fc.boolean()), {
    minLength: 3,
    maxLength: 20,
  });
  fc.assert(
    fc.property(pairs, fc.constantFrom(0 as const, 1 as const), fc.boolean(), (items, distanceMetric, subtractMean) => {
      const data = Float64Array.from(items.flatMap(([a, b]) => [...a, ...b]));
      const same = items.map(([, , value]) => value);
      const options = { folds: 3, distanceMetric, subtractMean };
      const result = evaluatePairs({ data, dimension: 2 }, same, options);
      const names = same.map((value) => ({ relativeA: 'a', relativeB: 'b', same: value }));
      const report = buildReport(result, { ...subject, options, pairs: names });
      // JSON turns what is not finite into null, which the schema refuses.
      lfwReportSchema.parse(JSON.parse(JSON.stringify(report)));
      assert.equal(
        report.notes.length === 1,
        result.distances.some((distance) => distance === Infinity),
      );
    }),
    { numRuns: 500 },
  );
});

test('one broken embedding does not spoil the mean that is subtracted from all', () => {
  const data = Float64Array.from({ length: 40 * 4 }, (_, i) => Math.sin(i * i));
  const same = Array.from({ length: 40 }, (_, i) => i % 2 === 0);
  data[5] = NaN;
  const { distances } = evaluatePairs({ data, dimension: 2 }, same, {
    folds: 4,
    distanceMetric: 0,
    subtractMean: true,
  });
  assert.deepEqual(
    [...distances].flatMap((distance, i) => (Number.isFinite(distance) ? [] : [i])),
    [1],
  );
});

test('pairs of one kind only, and equal embeddings, have defined results', () => {
  for (const same of [true, false]) {
    const data = new Float64Array(20 * 3).fill(1);
    const options = { folds: 2, distanceMetric: 1 as const, subtractMean: true };
    const result = evaluatePairs({ data, dimension: 3 }, Array<boolean>(10).fill(same), options);
    assert.ok([result.accuracy.mean, result.validation.rate, result.validation.far, result.auc].every(Number.isFinite));
    assert.ok('rate' in result.eer || 'note' in result.eer);
  }
});

test('the log of evaluations is written as the reference writes it', () => {
  assert.equal(lfwResultLine(1000, 0.992333, 0.9), '1000\t0.99233\t0.90000\n');
});
