import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeBoxes, intersectionOverUnion, suppressOverlaps } from '../../../src/align/starter/anchors';

test('an encoding of zeros is the anchor itself', () => {
  const [box, ...others] = decodeBoxes(
    Float32Array.of(0.25, 0.5, 0.5, 1, 0, 0, 1, 1),
    new Float32Array(8),
    Float32Array.of(0, 2, 0, 0, -2, 0),
    0.5,
  );
  assert.equal(others.length, 0);
  assert.deepEqual({ ...box, score: undefined }, { x1: 0.5, y1: 0.25, x2: 1, y2: 0.5, score: undefined });
  assert.ok(Math.abs(box!.score - 1 / (1 + Math.exp(-2))) < 1e-12);
});

test('tenths move the centre, fifths scale the size', () => {
  const encoding = Float32Array.of(10, -10, 0, 5 * Math.log(2));
  const [box] = decodeBoxes(Float32Array.of(0, 0, 0.25, 0.5), encoding, Float32Array.of(0, 9, 0), 0.5);
  const numbers = [box!.x1, box!.y1, box!.x2, box!.y2];
  [-0.75, 0.25, 0.25, 0.5].forEach((value, index) => assert.ok(Math.abs(numbers[index]! - value) < 1e-6));
});

test('of overlapping boxes the most certain stays', () => {
  const a = { x1: 0, y1: 0, x2: 1, y2: 1, score: 0.6 };
  const b = { x1: 0, y1: 0, x2: 1, y2: 0.9, score: 0.7 };
  const c = { x1: 2, y1: 0, x2: 3, y2: 1, score: 0.5 };
  assert.deepEqual(suppressOverlaps([a, b, c], 0.5), [b, c]);
  assert.equal(intersectionOverUnion(a, c), 0);
  assert.equal(intersectionOverUnion({ ...a, x2: 0 }, { ...a, x2: 0 }), 0);
});
