import assert from 'node:assert/strict';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { readPairs } from '../../../src/dataset/pairs';
import { decodeImage } from '../../../src/image/decode';
import { encodeJpeg } from '../../../src/image/encode';
import { readVerificationSet, unpackVerificationSet } from '../../../src/recognize/verificationSet';
import { pickledSet } from '../../fixtures/verificationSet';
import { temporaryFolder } from '../../fixtures/temporaryFolder';

const folder = temporaryFolder();

const grey = (value: number): Promise<Buffer> =>
  encodeJpeg({ width: 112, height: 112, data: new Uint8Array(112 * 112 * 3).fill(value) }, 95);

test('a set of either protocol is a folder of images whose pairs are in its order', async () => {
  const images = await Promise.all([10, 20, 30, 40, 50, 60].map(grey));
  for (const protocol of [2, 4] as const) {
    const path = join(folder, `set-${protocol}.bin`);
    await writeFile(path, pickledSet(images, [true, false, true], protocol));
    const set = await readVerificationSet(path);
    assert.deepEqual(set.same, [true, false, true]);
    assert.ok(images.every((image, index) => image.equals(set.images[index]!)));
    const out = join(folder, `out-${protocol}`);
    const { pairs, skipped } = await readPairs(await unpackVerificationSet(set, out, 160), out);
    assert.deepEqual(skipped, []);
    assert.deepEqual(
      pairs.map(({ same }) => same),
      [true, false, true],
    );
    const shades = await Promise.all(
      pairs
        .flatMap(({ a, b }) => [a, b])
        .map(async (file) => {
          const { width, height, data } = await decodeImage(file);
          assert.deepEqual([width, height], [160, 160]);
          return Math.round(data[0]! / 10) * 10;
        }),
    );
    assert.deepEqual(shades, [10, 20, 30, 40, 50, 60]);
    await assert.rejects(unpackVerificationSet(set, out, 160), /out-\d is not empty/);
  }
});

test('what is no set is told in one sentence', async () => {
  const path = join(folder, 'wrong.bin');
  const image = await grey(1);
  for (const [bytes, pattern] of [
    [pickledSet([image], [true]), /it has 1 images for 1 answers, not two for each/],
    [pickledSet([], []), /it has 0 images for 0 answers/],
    [pickledSet([image, image], [true]).subarray(0, 100), /it is cut off \(at byte \d+\)/],
    [
      Buffer.from('cos\nsystem\n(S"x"\ntR.'),
      /it holds a Python object os\.system, which is not an array \(at byte 0\)/,
    ],
    [Buffer.from([0x80, 2, 0x4e, 0x2e]), /it holds no list of images with a list of answers/],
  ] as const) {
    await writeFile(path, bytes);
    await assert.rejects(readVerificationSet(path), pattern);
  }
  await mkdir(join(folder, 'none'));
  const broken = { images: [Buffer.from('no image'), Buffer.from('no image')], same: [true] };
  await assert.rejects(unpackVerificationSet(broken, join(folder, 'none'), 160), /image 0 of the set/);
  assert.deepEqual(await readdir(join(folder, 'none')), []);
});
