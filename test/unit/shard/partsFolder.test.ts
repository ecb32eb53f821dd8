import assert from 'node:assert/strict';
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { PartsFolder, type PartsPlan } from '../../../src/shard/partsFolder';
import { temporaryFolder } from '../../fixtures/temporaryFolder';

const root = temporaryFolder();
let number = 0;
async function result(): Promise<string> {
  const folder = join(root, String(number++));
  await mkdir(folder);
  return folder;
}
const plan = (parts = 2, size = 160): PartsPlan => ({ version: 1, work: 'align', parts, recipe: { size } });

test('all parts are held to the plan of the first, also when they begin at once', async () => {
  const folder = await result();
  await Promise.all(Array.from({ length: 8 }, () => PartsFolder.open(folder, plan())));
  assert.deepEqual(await readdir(folder), ['.shards']);
  await assert.rejects(PartsFolder.open(folder, plan(3)), /in 2 shards, not of align in 3/);
  await assert.rejects(PartsFolder.open(folder, plan(2, 182)), /size 160, not 182/);
});

test('what is missing is named, and nothing is merged before it is whole', async () => {
  const folder = await result();
  const parts = await PartsFolder.open(folder, plan(3));
  await parts.folderOf({ index: 1 });
  await parts.finish({ index: 1 }, {});
  assert.throws(() => parts.requireWhole(), /2 of 3 shards are missing \(1\/3, 3\/3\)/);
});

test('of several that merge at once one does it', async () => {
  const folder = await result();
  const parts = await PartsFolder.open(folder, plan());
  const write = async (into: string): Promise<void> => writeFile(join(into, 'whole.txt'), 'both\n');
  const done = await Promise.all(Array.from({ length: 6 }, () => parts.merge(write)));
  assert.equal(done.filter(Boolean).length, 1);
  assert.deepEqual(await readdir(folder), ['whole.txt']);
  assert.equal(await readFile(join(folder, 'whole.txt'), 'utf8'), 'both\n');
});

test('a merging that was killed while it put files in place goes on without writing them again', async () => {
  const folder = await result();
  const parts = await PartsFolder.open(folder, plan());
  // As a kill leaves it after the first of two files.
  await mkdir(join(folder, '.shards', 'merged'));
  await writeFile(join(folder, '.shards', 'merged', '.sealed'), '');
  await writeFile(join(folder, '.shards', 'merged', 'b.txt'), 'b');
  await writeFile(join(folder, 'a.txt'), 'a');
  assert.equal(await parts.merge(() => Promise.reject(new Error('written twice'))), true);
  assert.deepEqual((await readdir(folder)).sort(), ['a.txt', 'b.txt']);
});

test('a damaged plan is a sentence', async () => {
  const folder = await result();
  await PartsFolder.open(folder, plan());
  await writeFile(join(folder, '.shards', 'plan.json'), '{"version":1');
  await assert.rejects(PartsFolder.existing(folder), /is no plan of shards/);
});
