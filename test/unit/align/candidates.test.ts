import assert from 'node:assert/strict';
import { test } from 'node:test';
import { faceProbability, generateBoundingBoxes } from '../../../src/align/mtcnn/candidates';

/** A map where no position is a face but those listed. */
function faceMap(width: number, height: number, faces: readonly { x: number; y: number; logit: number }[]) {
  const data = new Float32Array(width * height * 6);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = (y * width + x) * 6;
      data.set([5, -5, x / 100, y / 100, 0.25, 0.5], at);
    }
  }
  for (const { x, y, logit } of faces) data.set([0, logit], (y * width + x) * 6);
  return { width, height, data };
}

test('a probability is the softmax of two logits', () => {
  assert.equal(faceProbability(0, 0), 0.5);
  assert.ok(Math.abs(faceProbability(1, 3) - 1 / (1 + Math.exp(-2))) < 1e-7);
  assert.equal(faceProbability(-1000, 1000), 1);
  assert.equal(faceProbability(1000, -1000), 0);
});

test('candidates come column by column, with corners rounded towards zero', () => {
  const found = generateBoundingBoxes(
    faceMap(5, 4, [
      { x: 3, y: 0, logit: 2 },
      { x: 1, y: 3, logit: 1 },
      { x: 1, y: 2, logit: 3 },
    ]),
    0.6,
    0.6,
  );
  assert.deepEqual(
    found.map(({ x1, y1, x2, y2 }) => [x1, y1, x2, y2]),
    [
      [5, 8, 23, 26],
      [5, 11, 23, 30],
      [11, 1, 30, 20],
    ],
  );
  assert.deepEqual(
    found.map(({ regression }) => regression.map((value) => Math.round(value * 100))),
    [
      [1, 2, 25, 50],
      [1, 3, 25, 50],
      [3, 0, 25, 50],
    ],
  );
});

test('the only candidate of a level takes its regression from the mirrored column', () => {
  const [only] = generateBoundingBoxes(faceMap(5, 4, [{ x: 1, y: 2, logit: 3 }]), 0.6, 0.6);
  assert.deepEqual(
    only!.regression.map((value) => Math.round(value * 100)),
    [3, 2, 25, 50],
  );
});

test('the threshold itself is enough', () => {
  const half = generateBoundingBoxes(faceMap(2, 2, [{ x: 0, y: 0, logit: 0 }]), 0.6, 0.5);
  assert.equal(half.length, 1);
  const below = generateBoundingBoxes(faceMap(2, 2, [{ x: 0, y: 0, logit: -1e-6 }]), 0.6, 0.5);
  assert.equal(below.length, 0);
});
