import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readPairs } from '../../src/dataset/pairs';
import { imageCount, scanDataset } from '../../src/dataset/scan';
import { sharedPath, skipWithoutShared } from '../fixtures/shared';

const skip = skipWithoutShared('data', 'lfw');

test(
  'the first three folds of LFW: 1,241 people, 3,321 images, and the .DS_Store that comes with them',
  { skip },
  async () => {
    const dataset = await scanDataset(sharedPath('data', 'lfw', 'images'));
    assert.equal(dataset.people.length, 1241);
    assert.equal(imageCount(dataset), 3321);
    assert.equal(dataset.ignored, 1, 'the .DS_Store of the folder');
  },
);

test('their pairs: 1,800 in three folds of 300 and 300', { skip }, async () => {
  const list = await readPairs(sharedPath('data', 'lfw', 'pairs.txt'), sharedPath('data', 'lfw', 'images'));
  assert.equal(list.folds, 3);
  assert.equal(list.pairs.length, 1800);
  assert.equal(list.skipped.length, 0);
  assert.equal(list.pairs.filter(({ same }) => same).length, 900);
  assert.deepEqual(
    [0, 300, 600, 900].map((index) => list.pairs[index]!.same),
    [true, false, true, false],
  );
});
