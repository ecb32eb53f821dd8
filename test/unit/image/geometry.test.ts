import assert from 'node:assert/strict';
import { test } from 'node:test';
import { centerCropOrPad, cropRegion } from '../../../src/image/crop';
import { flipHorizontal } from '../../../src/image/flip';
import type { RgbImage } from '../../../src/image/rgbImage';
import { rotate } from '../../../src/image/rotate';
import { standardize } from '../../../src/image/standardize';
import { similarityWarp } from '../../../src/image/warp';

function numbered(width: number, height: number): RgbImage {
  return { width, height, data: Uint8Array.from({ length: width * height * 3 }, (_, i) => Math.floor(i / 3) + 1) };
}

const firstRow = (image: RgbImage): number[] => Array.from({ length: image.width }, (_, x) => image.data[x * 3]!);

test('centre crop and padding round as the reference does', () => {
  assert.deepEqual(firstRow(centerCropOrPad(numbered(7, 1), 4)), [0, 0, 0, 0]);
  assert.deepEqual(
    [...centerCropOrPad(numbered(7, 4), 4).data.filter((_, i) => i % 3 === 0)].slice(0, 4),
    [2, 3, 4, 5],
  );
  const padded = centerCropOrPad(numbered(4, 7), 7);
  assert.deepEqual(firstRow(padded), [0, 1, 2, 3, 4, 0, 0]);
});

test('a region outside the image is refused', () => {
  assert.throws(() => cropRegion(numbered(4, 4), 2, 0, 3, 1), RangeError);
  assert.deepEqual(firstRow(cropRegion(numbered(4, 4), 1, 1, 2, 1)), [6, 7]);
});

test('flipping twice gives the image back', () => {
  assert.deepEqual(firstRow(flipHorizontal(numbered(3, 2))), [3, 2, 1]);
  assert.deepEqual(flipHorizontal(flipHorizontal(numbered(5, 4))).data, numbered(5, 4).data);
});

test('rotation by 0 is the identity and by 90 turns counter-clockwise', () => {
  assert.deepEqual(rotate(numbered(5, 5), 0).data, numbered(5, 5).data);
  assert.deepEqual(firstRow(rotate(numbered(3, 3), 90)), [3, 6, 9]);
});

test('rotation by 10 degrees equals Pillow’s, cut to whole numbers', () => {
  const ramp = { width: 6, height: 6, data: Uint8Array.from({ length: 108 }, (_, i) => 7 * Math.floor(i / 3)) };
  const rotated = rotate(ramp, 10);
  assert.deepEqual(
    [...rotated.data.filter((_, i) => i % 3 === 0)],
    [
      ...[0, 4, 15, 28, 41, 50],
      ...[20, 35, 53, 73, 88, 98],
      ...[65, 77, 93, 112, 127, 139],
      ...[105, 117, 132, 151, 167, 179],
      ...[146, 156, 171, 191, 209, 224],
      ...[194, 203, 216, 229, 240, 248],
    ],
  );
});

test('a warp by the identity copies, by half a pixel averages', () => {
  assert.deepEqual(similarityWarp(numbered(4, 4), [1, 0, 0, 0, 1, 0], 4).data, numbered(4, 4).data);
  assert.equal(similarityWarp(numbered(4, 4), [1, 0, 0.5, 0, 1, 0], 4).data[0], 2, '(1 + 2) / 2 rounds to 2');
});

test('standardizations follow their formulas', () => {
  const image: RgbImage = { width: 1, height: 1, data: Uint8Array.of(0, 128, 255) };
  const out = new Float32Array(4);
  standardize(image, 'fixed', out, 1);
  assert.deepEqual([...out], [0, -0.99609375, 0.00390625, 0.99609375]);
  standardize(image, 'dlib', out, 1);
  assert.ok(Math.abs(out[1]! - -122.782 / 256) < 1e-7);
  standardize(image, 'per_image', out, 1);
  const values = [...out.subarray(1)];
  assert.ok(Math.abs(values.reduce((a, b) => a + b)) < 1e-6, 'mean 0');
  const flat: RgbImage = { width: 2, height: 2, data: new Uint8Array(12).fill(9) };
  const zeros = new Float32Array(12);
  standardize(flat, 'per_image', zeros);
  assert.ok(zeros.every((value) => value === 0));
});
