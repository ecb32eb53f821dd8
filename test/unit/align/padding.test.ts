import assert from 'node:assert/strict';
import { test } from 'node:test';
import { patchRegion } from '../../../src/align/mtcnn/padding';

test('a box inside the image is its own patch, 1-based and with both corners', () => {
  assert.deepEqual(patchRegion({ x1: 1, y1: 3, x2: 10, y2: 4 }, 20, 30), {
    width: 10,
    height: 2,
    left: 0,
    top: 0,
    imageX: 0,
    imageY: 2,
    imageWidth: 10,
    imageHeight: 2,
  });
});

test('a box over the edges is padded on every side', () => {
  assert.deepEqual(patchRegion({ x1: -2, y1: 0, x2: 23, y2: 33 }, 20, 30), {
    width: 26,
    height: 34,
    left: 3,
    top: 1,
    imageX: 0,
    imageY: 0,
    imageWidth: 20,
    imageHeight: 30,
  });
});

test('a box without pixels in the image has no patch, where the reference crashes', () => {
  for (const box of [
    { x1: -20, y1: 5, x2: 0, y2: 9 },
    { x1: 21, y1: 5, x2: 30, y2: 9 },
    { x1: 5, y1: 31, x2: 9, y2: 40 },
    { x1: 5, y1: 5, x2: 4, y2: 9 },
  ]) {
    assert.equal(patchRegion(box, 20, 30), undefined);
  }
});
