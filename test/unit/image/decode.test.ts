import assert from 'node:assert/strict';
import { truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import sharp from 'sharp';
import { decodeImage, readImageFileSync } from '../../../src/image/decode';
import { encodeJpeg, encodePng } from '../../../src/image/encode';
import { allowedPixels, largestFile } from '../../../src/image/limits';
import type { RgbImage } from '../../../src/image/rgbImage';
import { UserError } from '../../../src/protocol/errors';
import { sharedPath, skipWithoutShared } from '../../fixtures/shared';
import { temporaryFolder } from '../../fixtures/temporaryFolder';

function noise(width: number, height: number): RgbImage {
  let state = 1;
  const data = Uint8Array.from({ length: width * height * 3 }, () => (state = (state * 48271) % 2147483647) & 255);
  return { width, height, data };
}

async function problemOf(bytes: Uint8Array): Promise<string> {
  try {
    await decodeImage(bytes, 'face.jpg');
  } catch (error) {
    assert.ok(error instanceof UserError, String(error));
    assert.doesNotMatch(error.sentence, /\n/);
    assert.match(error.message, /face\.jpg/);
    return error.message;
  }
  return assert.fail('decoded');
}

test('a PNG comes back as it was written', async () => {
  const image = noise(17, 5);
  for (const level of [0, 6]) {
    const decoded = await decodeImage(await encodePng(image, level));
    assert.deepEqual({ ...decoded }, { ...image, data: Buffer.from(image.data) });
  }
});

test('grey, alpha, CMYK and 16 bit become 8-bit RGB', async () => {
  const base = sharp(noise(8, 8).data, { raw: { width: 8, height: 8, channels: 3 } });
  const files = await Promise.all([
    base.clone().greyscale().png().toBuffer(),
    base.clone().ensureAlpha(0.5).png().toBuffer(),
    base.clone().toColourspace('cmyk').jpeg().toBuffer(),
    base.clone().toColourspace('rgb16').png().toBuffer(),
  ]);
  for (const file of files) assert.equal((await decodeImage(file)).data.length, 8 * 8 * 3);
});

test('a colour profile does not change the values', async () => {
  const image = noise(8, 8);
  const raw = sharp(image.data, { raw: { width: 8, height: 8, channels: 3 } });
  const file = await raw.withIccProfile('p3').png().toBuffer();
  const stored = await sharp(file, { ignoreIcc: true }).raw().toBuffer();
  assert.notDeepEqual(stored, await sharp(file).raw().toBuffer(), 'the profile matters where it is applied');
  assert.deepEqual((await decodeImage(file)).data, stored);
});

test('a bitmap of 24 bits decodes bottom-up', async () => {
  const bytes = Buffer.alloc(54 + 2 * 8);
  bytes.write('BM');
  bytes.writeUInt32LE(54, 10);
  bytes.writeUInt32LE(40, 14);
  bytes.writeInt32LE(2, 18);
  bytes.writeInt32LE(2, 22);
  bytes.writeUInt16LE(24, 28);
  bytes.set([3, 2, 1, 6, 5, 4], 54);
  bytes.set([9, 8, 7, 12, 11, 10], 62);
  assert.deepEqual([...(await decodeImage(bytes)).data], [7, 8, 9, 10, 11, 12, 1, 2, 3, 4, 5, 6]);
  assert.match(await problemOf(bytes.subarray(0, 60)), /ends before its pixels/);
});

test('what is not an image is one sentence that names the file', async () => {
  assert.match(await problemOf(new Uint8Array(0)), /is empty/);
  assert.match(await problemOf(Buffer.from('<!DOCTYPE html><title>Virus scan warning</title>')), /not an image/);
  assert.match(await problemOf(Buffer.from('GIF89a\u0001\u0000\u0001\u0000')), /is a GIF file, whatever its name says/);
  const jpeg = await encodeJpeg(noise(64, 64), 90);
  assert.match(await problemOf(jpeg.subarray(0, jpeg.length >> 1)), /cannot be decoded/);
});

test('an image of more pixels than its file may have is refused before it is decoded', async () => {
  const white = (width: number, height: number) =>
    sharp({ create: { width, height, channels: 3, background: 'white' }, limitInputPixels: false })
      .png()
      .toBuffer();
  assert.equal(
    await problemOf(await white(30_000, 2000)),
    'face.jpg has 30000×2000 pixels; of a file of its size at most 25000000 are read.',
  );
  assert.equal((await decodeImage(await white(5000, 20))).width, 5000);
  assert.deepEqual([1, 1_000_000, 1 << 30].map(allowedPixels), [25_000_000, 100_000_000, 201_326_592]);
});

test('a file that is too large for an image is not read', async () => {
  const path = join(temporaryFolder(), 'huge.png');
  await writeFile(path, '');
  await truncate(path, largestFile + 1);
  await assert.rejects(decodeImage(path), /huge\.png has 257 MB; of an image at most 256 MB are read/);
  assert.throws(() => readImageFileSync(path), /huge\.png has 257 MB/);
});

test('an unreadable path is one sentence', async () => {
  await assert.rejects(decodeImage('/nowhere/at/all.png'), /\/nowhere\/at\/all\.png cannot be read/);
});

const portraits = [
  ['Anthony_Hopkins_0001.jpg', 19149344, [163, 95, 50]],
  ['Anthony_Hopkins_0002.jpg', 29162818, [147, 150, 131]],
] as const;

for (const [name, sum, first] of portraits) {
  test(`${name} decodes to the reference's pixels`, { skip: skipWithoutShared('data', 'images') }, async () => {
    const image = await decodeImage(sharedPath('data', 'images', name));
    assert.deepEqual([...image.data.subarray(0, 3)], first);
    assert.equal(
      image.data.reduce((a, b) => a + b, 0),
      sum,
    );
  });
}
