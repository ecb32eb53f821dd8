import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { cropToSquare, marginRectangle } from '../../src/align/cropFace';
import type { FaceDetector } from '../../src/align/face';
import { MtcnnDetector } from '../../src/align/mtcnn/mtcnnDetector';
import { decodeImage } from '../../src/image/decode';
import { compareWithReference } from '../fixtures/goldenBoxes';
import { sharedPath, skipWithoutShared } from '../fixtures/shared';

const skip = skipWithoutShared('golden', 'mtcnn');
/** Every eleventh of the 3,321 photographs; `npm run bench -- boxes` compares them all. */
const step = 11;

let detector: FaceDetector;
before(async () => {
  if (skip === false) detector = await MtcnnDetector.open(sharedPath('data', 'mtcnn'));
});
after(() => detector?.dispose());

test('boxes, landmarks and crops of LFW are those of the reference', { skip }, async () => {
  const { photographs, sameCrops, boxes, goodBoxes } = await compareWithReference(detector, step);
  assert.ok(photographs > 250);
  assert.ok(goodBoxes >= 0.995 * boxes, `${goodBoxes} of ${boxes} boxes within a pixel`);
  assert.ok(sameCrops >= 0.98 * photographs, `${sameCrops} of ${photographs} crops with the same integers`);
});

const portraits = [
  {
    file: 'Anthony_Hopkins_0001.jpg',
    pixelSum: 19149344,
    box: [74.392599, 60.866033, 172.838278, 192.810241, 0.999945],
    x: [102.62061, 150.08553, 129.22383, 111.85895, 146.85915],
    y: [115.69691, 113.6455, 141.47913, 167.7838, 166.0486],
    cropSums: { '160 32': 7606523, '182 44': 9596656 },
  },
  {
    file: 'Anthony_Hopkins_0002.jpg',
    pixelSum: 29162818,
    box: [72.024271, 62.081512, 170.038988, 188.072413, 0.999988],
    x: [102.55852, 148.13367, 124.947754, 105.56356, 145.80394],
    y: [113.7505, 113.799355, 137.4052, 159.57083, 159.14212],
    cropSums: { '160 32': 9434927, '182 44': 12528615 },
  },
];

for (const portrait of portraits) {
  test(`${portrait.file}: the reference's box, landmarks and crops`, { skip }, async () => {
    const image = await decodeImage(sharedPath('data', 'images', portrait.file));
    const sum = (data: Uint8Array): number => data.reduce((total, value) => total + value, 0);
    assert.equal(sum(image.data), portrait.pixelSum);
    const [face, ...others] = await detector.detect(image);
    assert.equal(others.length, 0);
    const { x1, y1, x2, y2, score, landmarks } = face!;
    [x1, y1, x2, y2].forEach((value, index) => assert.ok(Math.abs(value - portrait.box[index]!) < 1e-3));
    assert.ok(Math.abs(score - portrait.box[4]!) < 1e-5);
    landmarks.forEach((point, index) => {
      assert.ok(Math.abs(point.x - portrait.x[index]!) < 1e-3);
      assert.ok(Math.abs(point.y - portrait.y[index]!) < 1e-3);
    });
    for (const [settings, expected] of Object.entries(portrait.cropSums)) {
      const [size, margin] = settings.split(' ').map(Number) as [number, number];
      const crop = cropToSquare(image, marginRectangle(face!, margin, image.width, image.height), size);
      assert.equal(sum(crop.data), expected, settings);
    }
  });
}

test('an image too small for a face has none', { skip }, async () => {
  assert.deepEqual(await detector.detect({ width: 1, height: 4000, data: new Uint8Array(12000) }), []);
  assert.deepEqual(await detector.detect({ width: 40, height: 40, data: new Uint8Array(4800) }), []);
});
