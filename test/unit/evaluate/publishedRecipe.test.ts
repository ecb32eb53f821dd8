import assert from 'node:assert/strict';
import { test } from 'node:test';
import { recipeDifferences } from '../../../src/evaluate/operatingPoint';
import { deviationsFromPublished } from '../../../src/evaluate/publishedRecipe';

const official = { used: 6000, skipped: [] };
const models2018 = {
  alignment: 'box',
  imageSize: 160,
  standardization: 'fixed',
  useFlippedImages: true,
  subtractMean: true,
  distanceMetric: 1,
  folds: 10,
} as const;

test('the published recipe of the models of 2018 deviates in nothing', () => {
  assert.deepEqual(deviationsFromPublished(models2018, official), []);
});

test('each item that differs is named with both values', () => {
  const here = { ...models2018, useFlippedImages: false, distanceMetric: 0, folds: 3, alignment: 'landmarks' } as const;
  const pairs = { used: 1795, skipped: [{ line: 'A\t1\t2', reason: 'missing' }] };
  assert.deepEqual(
    deviationsFromPublished(here, pairs).map(({ item, here: value }) => [item, value]),
    [
      ['Alignment', 'landmark chip'],
      ['Flipped images', 'not used'],
      ['Distance', 'squared Euclidean'],
      ['Folds', '3'],
      ['Pairs', '1795, 1 skipped'],
    ],
  );
});

test('a chip of older versions is told where chips are what is published', () => {
  const cut = { alignment: 'landmarks', imageSize: 150, standardization: 'dlib' } as const;
  const starter = { ...models2018, ...cut };
  const items = (recipe: Parameters<typeof deviationsFromPublished>[0]): string[] =>
    deviationsFromPublished(recipe, official).map(({ item }) => item);
  assert.ok(items(starter).includes('Landmark chip'));
  assert.ok(!items({ ...starter, chip: 'mean-face' }).includes('Landmark chip'));
  assert.ok(!items({ ...starter, alignment: 'box' }).includes('Landmark chip'), 'the alignment differs, and is told');
  assert.deepEqual(recipeDifferences(starter, { ...starter, chip: 'tip-at-base' }), []);
  assert.deepEqual(recipeDifferences(starter, { ...starter, chip: 'mean-face' }), ['landmark chip']);
});

test('a model with per-image standardisation is held against the recipe of 2017', () => {
  const plain = { useFlippedImages: false, subtractMean: false, distanceMetric: 0, folds: 10 } as const;
  assert.deepEqual(
    deviationsFromPublished({ alignment: 'box', imageSize: 160, standardization: 'per_image', ...plain }, official),
    [],
  );
});

test('what is not known of saved embeddings is a deviation', () => {
  const { useFlippedImages, subtractMean, distanceMetric, folds } = models2018;
  const items = deviationsFromPublished({ useFlippedImages, subtractMean, distanceMetric, folds }, official);
  assert.deepEqual(
    items.map(({ item, here }) => `${item}: ${here}`),
    ['Alignment: not known', 'Image size: not known', 'Standardisation: not known'],
  );
});
