import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resizeAreaUint8 } from '../../../src/image/resizeArea';
import { resizeBilinear } from '../../../src/image/resizeBilinear';
import type { RgbImage } from '../../../src/image/rgbImage';
import { resizeAreaFloat64 } from '../../fixtures/resizeAreaFloat64';

/** The 4×4 image of spec §2.10: 15 per pixel, row by row, in all channels. */
function ramp(): RgbImage {
  return { width: 4, height: 4, data: Uint8Array.from({ length: 48 }, (_, i) => 15 * Math.floor(i / 3)) };
}

function firstChannel(image: RgbImage): number[][] {
  return Array.from({ length: image.height }, (_, y) =>
    Array.from({ length: image.width }, (_, x) => image.data[(y * image.width + x) * 3]!),
  );
}

test('bilinear resize equals Pillow’s on the check values of the specification', () => {
  assert.deepEqual(firstChannel(resizeBilinear(ramp(), 3, 3)), [
    [22, 41, 59],
    [94, 113, 131],
    [166, 185, 203],
  ]);
  assert.deepEqual(firstChannel(resizeBilinear(ramp(), 6, 6))[0], [0, 8, 18, 27, 38, 45]);
});

test('area resize equals OpenCV’s on the check values of the specification', () => {
  assert.deepEqual(firstChannel(resizeAreaUint8(ramp(), 3, 3)), [
    [19, 38, 56],
    [94, 112, 131],
    [169, 188, 206],
  ]);
  const float = { width: 4, height: 4, channels: 1, data: Float64Array.from({ length: 16 }, (_, i) => 15 * i) };
  const larger = resizeAreaFloat64(float, 6, 6);
  assert.deepEqual([...larger.data.subarray(0, 6)], [0, 7.5, 15, 30, 37.5, 45]);
  assert.deepEqual([...larger.data.subarray(6, 12)], [30, 37.5, 45, 60, 67.5, 75]);
});

test('halving averages blocks of four with rounding up at one half', () => {
  assert.deepEqual(firstChannel(resizeAreaUint8(ramp(), 2, 2)), [
    [38, 68],
    [158, 188],
  ]);
});

test('area resize refuses to enlarge and copies at equal size', () => {
  assert.throws(() => resizeAreaUint8(ramp(), 5, 3), RangeError);
  assert.deepEqual(resizeAreaUint8(ramp(), 4, 4).data, ramp().data);
});

test('a resize that changes one axis leaves the other alone', () => {
  const tall = resizeBilinear(ramp(), 4, 3);
  assert.deepEqual([tall.width, tall.height], [4, 3]);
  assert.equal(firstChannel(tall)[0]![1]! - firstChannel(tall)[0]![0]!, 15);
});
