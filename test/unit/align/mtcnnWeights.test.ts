import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { readMtcnnWeights } from '../../../src/align/mtcnn/weights';
import { UserError } from '../../../src/protocol/errors';
import { mtcnnShapes, pickledWeights, type PickledTensor } from '../../fixtures/pickledWeights';
import { temporaryFolder } from '../../fixtures/temporaryFolder';

const folder = temporaryFolder();

async function read(changed: Partial<Record<keyof typeof mtcnnShapes, [string, PickledTensor | undefined]>> = {}) {
  for (const [file, shapes] of Object.entries(mtcnnShapes)) {
    const tensors = new Map(shapes);
    const [name, tensor] = changed[file as keyof typeof mtcnnShapes] ?? [];
    if (name !== undefined && tensor === undefined) tensors.delete(name);
    else if (name !== undefined) tensors.set(name, tensor!);
    await writeFile(join(folder, file), pickledWeights(tensors));
  }
  return readMtcnnWeights(folder);
}

const told = (pattern: RegExp) => (error: unknown) => error instanceof UserError && pattern.test(error.message);

test('files with every variable are read; the heads of the first network are joined, the second one is widened', async () => {
  const weights = await read();
  assert.deepEqual(weights.get('pnet/conv4/weights')!.shape, [1, 1, 32, 6]);
  assert.deepEqual(weights.get('rnet/conv1/weights')!.shape, [3, 3, 3, 32]);
});

test('a file without a variable, or with one of another shape, is one sentence', async () => {
  await assert.rejects(read({ 'det1.npy': ['conv4-2/biases', undefined] }), told(/det1\.npy has no conv4-2\/biases/));
  await assert.rejects(read({ 'det2.npy': ['prelu1/alpha', undefined] }), told(/det2\.npy has no prelu1\/alpha/));
  await assert.rejects(
    read({ 'det3.npy': ['conv5/weights', { shape: [256, 1152] }] }),
    told(/^conv5\/weights in \S*det3\.npy has the shape \[256, 1152\], not \[1152, 256\]/),
  );
});
