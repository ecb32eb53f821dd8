import assert from 'node:assert/strict';
import { test } from 'node:test';
import { centerCropOrPad, cropRegion } from '../../../src/image/crop';
import { encodePng } from '../../../src/image/encode';
import { flipHorizontal } from '../../../src/image/flip';
import type { RgbImage } from '../../../src/image/rgbImage';
import { rotate } from '../../../src/image/rotate';
import { standardize } from '../../../src/image/standardize';
import { plainVariant, prepareImage, type ImageVariant } from '../../../src/input/prepareImage';

const size = 8;
const image: RgbImage = {
  width: 11,
  height: 12,
  data: Uint8Array.from({ length: 11 * 12 * 3 }, (_, i) => (i * 37 + (i % 11) ** 2 * 5) % 256),
};
const variant: ImageVariant = { flip: true, crop: { x: 0.9, y: 0.3 }, rotation: 7 };

async function prepared(look: ImageVariant, standardization: 'fixed' | 'per_image'): Promise<Float32Array> {
  return standardized(await prepareImage(await encodePng(image), { imageSize: size }, look), standardization);
}

function standardized(picture: RgbImage, standardization: 'fixed' | 'per_image'): Float32Array {
  const out = new Float32Array(size * size * 3);
  standardize(picture, standardization, out, 0);
  return out;
}

for (const standardization of ['fixed', 'per_image'] as const) {
  test(`rotated, cropped, flipped, standardised (${standardization}), in this order`, async () => {
    // 4 × 5 places: ⌊0.9 · 4⌋ and ⌊0.3 · 5⌋.
    const cropped = cropRegion(rotate(image, 7), 3, 1, size, size);
    const expected = standardized(flipHorizontal(cropped), standardization);
    assert.deepEqual(await prepared(variant, standardization), expected);
    const flippedFirst = cropRegion(flipHorizontal(rotate(image, 7)), 3, 1, size, size);
    assert.notDeepEqual(standardized(flippedFirst, standardization), expected, 'the order can be told');
    const croppedFirst = flipHorizontal(rotate(cropRegion(image, 3, 1, size, size), 7));
    assert.notDeepEqual(standardized(croppedFirst, standardization), expected);
  });
}

test('per-image standardisation is that of the crop, its padding included', async () => {
  const out = new Float32Array(16 * 16 * 3);
  standardize(await prepareImage(await encodePng(image), { imageSize: 16 }, plainVariant), 'per_image', out);
  const padded = centerCropOrPad(image, 16).data;
  const mean = padded.reduce((sum, value) => sum + value, 0) / padded.length;
  const variance = padded.reduce((sum, value) => sum + (value - mean) ** 2, 0) / padded.length;
  padded.forEach((value, i) => assert.ok(Math.abs(out[i]! - (value - mean) / Math.sqrt(variance)) < 1e-5));
  assert.ok(Math.abs(out[0]! + mean / Math.sqrt(variance)) < 1e-5, 'zeros of the padding are below the mean');
});
