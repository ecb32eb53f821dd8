import assert from 'node:assert/strict';
import { readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { ActivationStore } from '../../../../src/train/data/activationStore';
import { temporaryFolder } from '../../../fixtures/temporaryFolder';

const rowLength = 7;
const rowOf = (id: string): number[] => Array.from({ length: rowLength }, (_, i) => id.charCodeAt(0) + i / 8);
const rows = (ids: readonly string[]): Float32Array => Float32Array.from(ids.flatMap(rowOf));

async function readRows(store: ActivationStore, ids: readonly string[], order: number[], memoryLimit: number) {
  const reader = await store.reader(ids, memoryLimit);
  const out = new Float32Array(order.length * rowLength);
  await reader.read(order, out);
  await reader.close();
  return { out, inMemory: reader.inMemory };
}

test('rows come back by id, from memory and from disk alike', async () => {
  const folder = temporaryFolder();
  const store = await ActivationStore.open(folder, rowLength);
  await store.append(['a', 'b'], rows(['a', 'b']));
  await store.append(['c'], rows(['c']));
  await store.flush();
  await store.append(['d'], rows(['d']));
  await store.flush();
  const again = await ActivationStore.open(folder, rowLength);
  for (const memoryLimit of [0, 1 << 20]) {
    const { out, inMemory } = await readRows(again, ['d', 'a', 'b', 'c'], [3, 0, 0, 2, 1], memoryLimit);
    assert.equal(inMemory, memoryLimit > 0);
    assert.deepEqual(out, rows(['c', 'd', 'd', 'b', 'a']));
  }
});

test('what was not flushed before a kill is missing, and only that', async () => {
  const folder = temporaryFolder();
  const store = await ActivationStore.open(folder, rowLength);
  await store.append(['a'], rows(['a']));
  await store.flush();
  await store.append(['b'], rows(['b']));
  const again = await ActivationStore.open(folder, rowLength);
  assert.deepEqual([again.has('a'), again.has('b')], [true, false]);
});

test('a segment that is cut off, without its data or damaged counts as missing and can be written again', async () => {
  const harm: ((folder: string, name: string) => Promise<void>)[] = [
    async (folder, name) => truncate(join(folder, `${name}.f32`), 10),
    async (folder, name) => rm(join(folder, `${name}.f32`)),
    async (folder, name) => writeFile(join(folder, `${name}.json`), '{"version":1,"rowLe'),
    async (folder, name) => writeFile(join(folder, `${name}.json`), '{"version":1,"rowLength":8,"rows":["a"]}'),
  ];
  for (const damage of harm) {
    const folder = temporaryFolder();
    const store = await ActivationStore.open(folder, rowLength);
    await store.append(['a'], rows(['a']));
    await store.flush();
    const name = (await readdir(folder)).find((file) => file.endsWith('.f32'))!.replace('.f32', '');
    await damage(folder, name);
    const again = await ActivationStore.open(folder, rowLength);
    assert.equal(again.has('a'), false);
    await again.append(['a'], rows(['a']));
    await again.flush();
    const { out } = await readRows(await ActivationStore.open(folder, rowLength), ['a'], [0], 0);
    assert.deepEqual(out, rows(['a']));
  }
});

test('stores of other runs are shared without a copy, and outlive them', async () => {
  const [first, second] = [temporaryFolder(), temporaryFolder()];
  const one = await ActivationStore.open(first, rowLength);
  await one.append(['a', 'b'], rows(['a', 'b']));
  await one.flush();
  const two = await ActivationStore.open(second, rowLength, [first, join(first, 'nowhere')]);
  assert.ok(two.has('a') && two.has('b'));
  const file = (await readdir(first)).find((name) => name.endsWith('.f32'))!;
  assert.equal((await stat(join(first, file))).ino, (await stat(join(second, file))).ino);
  await rm(first, { recursive: true });
  const { out } = await readRows(await ActivationStore.open(second, rowLength), ['b'], [0], 1 << 20);
  assert.deepEqual(out, rows(['b']));
  assert.equal((await readFile(join(second, file))).length, 2 * rowLength * 4);
});
