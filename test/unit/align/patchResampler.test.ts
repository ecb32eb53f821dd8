import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { levelInput } from '../../../src/align/mtcnn/levelInput';
import { patchRegion, type PatchRegion } from '../../../src/align/mtcnn/padding';
import { resamplePatch } from '../../../src/align/mtcnn/patchResampler';
import { SummedArea } from '../../../src/align/mtcnn/summedArea';
import { resizeAreaUint8 } from '../../../src/image/resizeArea';
import type { RgbImage } from '../../../src/image/rgbImage';
import { resizeAreaFloat64 } from '../../fixtures/resizeAreaFloat64';

/** An image of pseudo-random bytes; `contrast` takes only black and white. */
function noise(width: number, height: number, seed: number, contrast = false): RgbImage {
  let state = seed >>> 0 || 1;
  const data = Uint8Array.from({ length: width * height * 3 }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return contrast ? (state >>> 31) * 255 : state >>> 24;
  });
  return { width, height, data };
}

test('a level has the very grey values of the 8-bit area resize', () => {
  const size = fc.integer({ min: 4, max: 90 });
  fc.assert(
    fc.property(
      size,
      size,
      fc.double({ min: 0.05, max: 0.95, noNaN: true }),
      fc.integer(),
      fc.boolean(),
      (w, h, scale, seed, contrast) => {
        const image = noise(w, h, seed, contrast);
        const [width, height] = [Math.ceil(w * scale), Math.ceil(h * scale)];
        const expected = Float32Array.from(resizeAreaUint8(image, width, height).data, (v) => (v - 127.5) / 128);
        assert.deepEqual(levelInput(image, SummedArea.of(image), width, height), expected);
      },
    ),
    { numRuns: 200 },
  );
});

/** The padded float64 patch of the reference, then its resize. */
function referencePatch(image: RgbImage, region: PatchRegion, size: number): Float64Array {
  const { width, height, left, top, imageX, imageY, imageWidth, imageHeight } = region;
  const data = new Float64Array(width * height * 3);
  for (let y = 0; y < imageHeight; y++) {
    const from = ((imageY + y) * image.width + imageX) * 3;
    data.set(image.data.subarray(from, from + imageWidth * 3), ((top + y) * width + left) * 3);
  }
  return resizeAreaFloat64({ width, height, channels: 3, data }, size, size).data;
}

test('a patch has the values of the padded float64 patch, shrunk, enlarged, in blocks or at its own size', () => {
  const image = noise(100, 80, 7);
  const area = SummedArea.of(image);
  const edges = fc.oneof(fc.integer({ min: 1, max: 110 }), fc.constantFrom(24, 48, 72));
  fc.assert(
    fc.property(
      fc.integer({ min: -60, max: 100 }),
      fc.integer({ min: -60, max: 80 }),
      edges,
      fc.integer({ min: -1, max: 1 }),
      (x, y, edge, uneven) => {
        const region = patchRegion({ x1: x, y1: y, x2: x + edge - 1, y2: y + Math.max(edge + uneven, 1) - 1 }, 100, 80);
        fc.pre(region !== undefined);
        const out = new Float32Array(24 * 24 * 3 + 5);
        resamplePatch(image, area, region, 24, out, 5);
        const expected = referencePatch(image, region, 24);
        for (let i = 0; i < expected.length; i++) {
          assert.ok(
            Math.abs(out[5 + i]! - (expected[i]! - 127.5) / 128) < 5e-7,
            `value ${i} of ${JSON.stringify(region)}`,
          );
        }
        assert.deepEqual([...out.subarray(0, 5)], [0, 0, 0, 0, 0]);
      },
    ),
    { numRuns: 300 },
  );
});
