import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { imageRows } from '../../../../src/input/rows';
import { UserError } from '../../../../src/protocol/errors';
import { freshRows } from '../../../../src/train/data/batches';
import { freshVariant } from '../../../../src/train/data/variants';
import { within } from '../../../fixtures/deadlines.mjs';
import { writeNoiseFaces } from '../../../fixtures/noiseFaces';
import { temporaryFolder } from '../../../fixtures/temporaryFolder';

const recipe = { imageSize: 24, standardization: 'per_image' } as const;
const augmentation = { randomFlip: true, randomCrop: true, randomRotate: true, cropsPerImage: 1, seed: 7 };
const picked = Uint32Array.of(3, 0, 2);

async function someFaces(): Promise<string[]> {
  const folder = temporaryFolder();
  await writeNoiseFaces(folder, { people: 1, images: 4, size: 32 });
  return [1, 2, 3, 4].map((image) => join(folder, 'person_0', `person_0_000${image}.png`));
}

function rowsOf(paths: readonly string[]): ReturnType<typeof freshRows> {
  const rows = freshRows({ path: (sample) => paths[sample]! }, augmentation, recipe);
  after(() => rows.close());
  return rows;
}

test('each place of the queue has its look at its image, as pixels or as values', async () => {
  const paths = await someFaces();
  const rows = rowsOf(paths);
  const expected = imageRows(
    (row) => ({ path: paths[picked[row]!]!, variant: freshVariant(augmentation, 40 + row) }),
    recipe,
  );
  const pixels = rows.room(3);
  await rows.read(picked, 40, pixels);
  const bytes = new Uint8Array(3 * rows.rowLength);
  await expected.readPixels([0, 1, 2], bytes);
  assert.deepEqual(pixels, bytes);
  const values = new Float32Array(3 * rows.rowLength);
  await rows.read(picked, 40, values);
  const standardized = new Float32Array(3 * rows.rowLength);
  await expected.read([0, 1, 2], standardized);
  assert.deepEqual(values, standardized);
});

test('what was asked for is read and decoded while this thread does something else', async () => {
  const paths = await someFaces();
  const rows = rowsOf(paths);
  const [first, second] = [rows.room(3), rows.room(3)];
  // Its thread has started now.
  await rows.read(picked, 0, first);
  const read = rows.read(picked, 0, second);
  // No JavaScript runs here, as during a step. What is in the files afterwards is nothing that could be read.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, within(1000));
  for (const path of paths) writeFileSync(path, 'no longer an image');
  await read;
  assert.deepEqual(second, first);
  await assert.rejects(rows.read(picked, 0, second), (error: unknown) => {
    // All of them are read at once, and whichever is found first is named.
    assert.ok(error instanceof UserError && paths.some((path) => error.message.includes(path)), String(error));
    return true;
  });
});
