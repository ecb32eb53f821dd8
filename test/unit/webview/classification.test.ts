import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ClassificationReport, classificationReportSchema } from '../../../src/protocol/classificationReport';
import { confusionOf, countOutcomes, sortImages, unknown } from '../../../webview/classification/outcomes';

/** Two of Ada (the second taken for Bo), one of Bo who is hardly sure, and one of a stranger. */
const report: ClassificationReport = {
  ...{ version: 1, createdAt: '2026-03-01T10:00:00Z', model: { path: 'starter', name: 'starter' } },
  ...{ classifier: '/c.json', imagesDir: '/faces', threshold: 0.4, people: ['Ada', 'Bo', 'Cy'], strangers: ['Di'] },
  images: [
    { file: 'Ada/1.png', person: 0, label: 0, probability: 0.9 },
    { file: 'Ada/2.png', person: 0, label: 1, probability: 0.7 },
    { file: 'Bo/1.png', person: 1, label: 1, probability: 0.4 },
    { file: 'Di/1.png', person: 3, label: 2, probability: 0.5 },
  ],
  notes: [],
};

test('what is not above the threshold is unknown, which is right for strangers alone', () => {
  assert.deepEqual(countOutcomes(report, 0.4), {
    known: { of: 3, right: 1, wrong: 1, silent: 1 },
    strangers: { of: 1, refused: 0 },
  });
  assert.deepEqual(countOutcomes(report, 0.5).strangers, { of: 1, refused: 1 });
});

test('a confusion matrix has the people with images or mistakes, those with most mistakes where they are too many', () => {
  assert.deepEqual(confusionOf(report, 0.4, 9), {
    rows: [0, 1, 2, unknown],
    columns: [0, 1, 2, unknown],
    counts: [
      [1, 1, 0, 0],
      [0, 0, 0, 1],
      [0, 0, 0, 0],
      [0, 0, 1, 0],
    ],
    left: 0,
  });
  const { rows, left } = confusionOf(report, 0.4, 1);
  assert.deepEqual([rows, left], [[1, unknown], 2]);
});

test('a report whose images are of nobody that it lists is none', () => {
  assert.ok(classificationReportSchema.safeParse(report).success);
  const [first] = report.images;
  for (const wrong of [{ person: 4 }, { label: 3 }])
    assert.ok(!classificationReportSchema.safeParse({ ...report, images: [{ ...first, ...wrong }] }).success);
});

test('the surest mistakes come first', () => {
  const files = sortImages(report, report.images, 'wrongFirst', 0.4).map(({ file }) => file);
  assert.deepEqual(files, ['Ada/2.png', 'Di/1.png', 'Bo/1.png', 'Ada/1.png']);
});
