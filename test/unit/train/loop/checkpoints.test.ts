import assert from 'node:assert/strict';
import { readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { openModel } from '../../../../src/checkpoint/model';
import { Checkpoints } from '../../../../src/train/loop/checkpoints';
import { temporaryFolder } from '../../../fixtures/temporaryFolder';

const tensors = (value: number) =>
  new Map([
    ['w', { shape: [2], data: Float32Array.of(value, value) }],
    ['global_step', { shape: [], data: BigInt64Array.of(BigInt(value)) }],
  ]);
const metaGraph = Buffer.from('a graph');
const indexes = async (folder: string) => (await readdir(folder)).filter((name) => name.endsWith('.index')).sort();

test('the last few are kept, the best apart, and the newest is what the folder means', async () => {
  const folder = temporaryFolder();
  const checkpoints = await Checkpoints.open(folder, 'model-r', 2, metaGraph);
  for (const step of [1, 2]) await checkpoints.save(step, tensors(step));
  assert.equal(await checkpoints.keepBest(2, { recipe: 'x' }), join(folder, 'best', 'model-r.ckpt-2'));
  for (const step of [3, 4, 5]) await checkpoints.save(step, tensors(step));
  assert.deepEqual(await indexes(folder), ['model-r.ckpt-4.index', 'model-r.ckpt-5.index']);
  assert.deepEqual(await indexes(join(folder, 'best')), ['model-r.ckpt-2.index']);
  assert.equal((await openModel(folder)).step, 5);
  assert.deepEqual((await (await openModel(join(folder, 'best'))).read('w')).data, Float32Array.of(2, 2));
  assert.equal((await (await openModel(folder)).readDoubles('global_step'))[0], 5);

  for (const place of [folder, join(folder, 'best')]) {
    assert.deepEqual(await readFile(join(place, 'model-r.meta')), metaGraph, 'the graph lies beside them once');
  }

  await checkpoints.keepBest(5, {});
  assert.deepEqual(await indexes(join(folder, 'best')), ['model-r.ckpt-5.index']);
  const data = 'model-r.ckpt-5.data-00000-of-00001';
  assert.equal((await stat(join(folder, data))).ino, (await stat(join(folder, 'best', data))).ino, 'stored once');
});

test('one that is held stays beside the last few until another is', async () => {
  const folder = temporaryFolder();
  const checkpoints = await Checkpoints.open(folder, 'model-r', 1, metaGraph);
  await checkpoints.save(1, tensors(1));
  checkpoints.hold(1);
  for (const step of [2, 3]) await checkpoints.save(step, tensors(step));
  assert.deepEqual(await indexes(folder), ['model-r.ckpt-1.index', 'model-r.ckpt-3.index']);
  assert.equal((await openModel(folder)).step, 3);
  checkpoints.hold(3);
  await checkpoints.save(4, tensors(4));
  assert.deepEqual(await indexes(folder), ['model-r.ckpt-3.index', 'model-r.ckpt-4.index']);
  checkpoints.hold(undefined);
  await checkpoints.save(5, tensors(5));
  assert.deepEqual(await indexes(folder), ['model-r.ckpt-5.index']);
});

test('a resumed run counts what is there; files of others stay', async () => {
  const folder = temporaryFolder();
  const first = await Checkpoints.open(folder, 'model-r', 2, metaGraph);
  for (const step of [1, 2]) await first.save(step, tensors(step));
  await (await Checkpoints.open(folder, 'model-other', 2, metaGraph)).save(9, tensors(9));
  const second = await Checkpoints.open(folder, 'model-r', 2, metaGraph);
  await second.save(3, tensors(3));
  assert.ok((await indexes(folder)).includes('model-other.ckpt-9.index'));
});

test('saving a step again replaces it', async () => {
  const folder = temporaryFolder();
  const checkpoints = await Checkpoints.open(folder, 'model-r', 2, metaGraph);
  for (const value of [1, 7]) await checkpoints.save(1, tensors(value));
  assert.deepEqual(await indexes(folder), ['model-r.ckpt-1.index']);
  assert.deepEqual((await (await openModel(folder)).read('w')).data, Float32Array.of(7, 7));
});

test('the metagraph stands once beside the checkpoints and beside the best, and is not written again', async () => {
  const folder = temporaryFolder();
  const best = join(folder, 'best');
  const first = await Checkpoints.open(folder, 'model-r', 1, metaGraph);
  assert.deepEqual(await readdir(folder), [], 'no graph without weights');
  for (const step of [1, 2]) {
    await first.save(step, tensors(step));
    await first.keepBest(step, {});
  }
  for (const place of [folder, best]) {
    const graphs = (await readdir(place)).filter((name) => name.endsWith('.meta'));
    assert.deepEqual(graphs, ['model-r.meta'], 'the reference wants exactly one');
    assert.deepEqual(await readFile(join(place, 'model-r.meta')), metaGraph);
  }
  await writeFile(join(folder, 'model-r.meta'), 'mine');
  await (await Checkpoints.open(folder, 'model-r', 1, metaGraph)).save(3, tensors(3));
  assert.equal(await readFile(join(folder, 'model-r.meta'), 'utf8'), 'mine');
});
