import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import sharp, { type Sharp } from 'sharp';
import { decodeImage, decodeReduced } from '../../../src/image/decode';
import { thumbnailOf } from '../../../src/image/thumbnail';
import { UserError } from '../../../src/protocol/errors';
import { longestThumbnail } from '../../../src/protocol/thumbnail';
import { temporaryFolder } from '../../fixtures/temporaryFolder';

const folder = temporaryFolder();

async function write(name: string, bytes: Uint8Array | string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, bytes);
  return path;
}

function plain(width: number, height: number): Sharp {
  return sharp({ create: { width, height, channels: 3, background: { r: 200, g: 40, b: 10 } } });
}

/** The picture inside an address. */
async function shown(data: string): Promise<{ width: number; height: number; data: Uint8Array }> {
  const [kind, bytes] = data.split(',');
  assert.equal(kind, 'data:image/jpeg;base64');
  return decodeImage(Buffer.from(bytes!, 'base64'));
}

test('the longest side is the size, and nothing is enlarged', async () => {
  const wide = await shown(await thumbnailOf(await write('wide.jpg', await plain(800, 200).jpeg().toBuffer()), 128));
  assert.deepEqual([wide.width, wide.height], [128, 32]);
  for (const [index, value] of [200, 40, 10].entries()) assert.ok(Math.abs(wide.data[index]! - value) < 8);
  const small = await shown(await thumbnailOf(await write('small.png', await plain(20, 30).png().toBuffer()), 128));
  assert.deepEqual([small.width, small.height], [20, 30]);
});

test('every kind of image that is trained on has a thumbnail, a bitmap and a TIFF included', async () => {
  const bmp = Buffer.alloc(54 + 4 * 4 * 4);
  bmp.write('BM');
  for (const [at, value] of [
    [10, 54],
    [14, 40],
    [18, 4],
    [22, 4],
  ] as const)
    bmp.writeUInt32LE(value, at);
  bmp.writeUInt16LE(1, 26);
  bmp.writeUInt16LE(32, 28);
  bmp.fill(Buffer.from([10, 40, 200, 0]), 54);
  const files = [
    await write('a.bmp', bmp),
    await write('a.tif', await plain(4, 4).tiff().toBuffer()),
    await write('a.webp', await plain(4, 4).webp({ lossless: true }).toBuffer()),
  ];
  for (const file of files) {
    const { width, data } = await shown(await thumbnailOf(file, 64));
    assert.equal(width, 4);
    for (const [index, value] of [200, 40, 10].entries()) assert.ok(Math.abs(data[index]! - value) < 8, file);
  }
});

test('the orientation is ignored as in training', async () => {
  const turned = await write('turned.jpg', await plain(80, 40).withMetadata({ orientation: 6 }).jpeg().toBuffer());
  const { width, height } = await decodeReduced(turned, 40);
  assert.deepEqual([width, height], [40, 20]);
});

test('noise at the largest size still fits into a hover', async () => {
  const noise = { type: 'gaussian' as const, mean: 128, sigma: 90 };
  const image = sharp({ create: { width: 700, height: 700, channels: 3, background: 'black', noise } });
  const data = await thumbnailOf(await write('noise.png', await image.png().toBuffer()), 512);
  assert.ok(data.length <= longestThumbnail, `${data.length} characters`);
  assert.equal((await shown(data)).width, 512);
});

test('what is no image, is empty, damaged or gone is one sentence that names the file', async () => {
  const cut = (await plain(300, 300).png({ compressionLevel: 0 }).toBuffer()).subarray(0, 5000);
  const wrong = {
    'is not an image, whatever its name says': await write('notes.jpg', 'hello'),
    'is empty': await write('empty.png', ''),
    'cannot be decoded': await write('cut.png', cut),
    'is a GIF file': await write('moving.gif', 'GIF89a............'),
    'cannot be read': join(folder, 'gone.jpg'),
  };
  for (const [what, path] of Object.entries(wrong)) {
    await assert.rejects(thumbnailOf(path, 64), (error) => {
      assert.ok(error instanceof UserError, String(error));
      assert.ok(error.message.includes(what) && error.message.includes(path), error.message);
      return true;
    });
  }
});
