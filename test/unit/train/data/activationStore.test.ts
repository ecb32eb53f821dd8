import assert from 'node:assert/strict';
import { readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { digestText } from '../../../../src/dataset/digestTable';
import { ActivationStore } from '../../../../src/train/data/activationStore';
import { temporaryFolder } from '../../../fixtures/temporaryFolder';

const rowLength = 7;
const rowOf = (id: string): number[] => Array.from({ length: rowLength }, (_, i) => id.charCodeAt(0) + i / 8);
const rows = (ids: readonly string[]): Float32Array => Float32Array.from(ids.flatMap(rowOf));

/** Looks at images whose contents are named by a letter each. */
function looksAt(letters: readonly string[]) {
  const contents = Uint32Array.from(letters.flatMap((letter) => [letter.charCodeAt(0), 1, 2, 3]));
  return { contents, labels: ['plain'] };
}

const idOf = (letter: string): string => `${digestText(looksAt([letter]).contents)}.plain`;

async function put(store: ActivationStore, letters: readonly string[]): Promise<void> {
  await store.append(letters.map(idOf), rows(letters));
}

async function has(store: ActivationStore, ...letters: string[]): Promise<boolean[]> {
  const missing = new Set((await store.find(looksAt(letters))).missing);
  return letters.map((_, look) => !missing.has(look));
}

async function readRows(store: ActivationStore, letters: readonly string[], order: number[], memoryLimit: number) {
  const reader = await (await store.find(looksAt(letters))).reader(memoryLimit);
  const out = new Float32Array(order.length * rowLength);
  await reader.read(order, out);
  await reader.close();
  return { out, inMemory: reader.inMemory };
}

test('rows come back by id, from memory and from disk alike', async () => {
  const folder = temporaryFolder();
  const store = await ActivationStore.open(folder, rowLength);
  await put(store, ['a', 'b']);
  await put(store, ['c']);
  await store.flush();
  await put(store, ['d']);
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
  await put(store, ['a']);
  await store.flush();
  await put(store, ['b']);
  const again = await ActivationStore.open(folder, rowLength);
  assert.deepEqual(await has(again, 'a', 'b'), [true, false]);
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
    await put(store, ['a']);
    await store.flush();
    const name = (await readdir(folder)).find((file) => file.endsWith('.f32'))!.replace('.f32', '');
    await damage(folder, name);
    const again = await ActivationStore.open(folder, rowLength);
    assert.deepEqual(await has(again, 'a'), [false]);
    await put(again, ['a']);
    await again.flush();
    const { out } = await readRows(await ActivationStore.open(folder, rowLength), ['a'], [0], 0);
    assert.deepEqual(out, rows(['a']));
  }
});

test('stores of other runs are shared without a copy, and outlive them', async () => {
  const [first, second] = [temporaryFolder(), temporaryFolder()];
  const one = await ActivationStore.open(first, rowLength);
  await put(one, ['a', 'b']);
  await one.flush();
  const two = await ActivationStore.open(second, rowLength, [first, join(first, 'nowhere')]);
  assert.deepEqual(await has(two, 'a', 'b'), [true, true]);
  const file = (await readdir(first)).find((name) => name.endsWith('.f32'))!;
  assert.equal((await stat(join(first, file))).ino, (await stat(join(second, file))).ino);
  await rm(first, { recursive: true });
  const { out } = await readRows(await ActivationStore.open(second, rowLength), ['b'], [0], 1 << 20);
  assert.deepEqual(out, rows(['b']));
  assert.equal((await readFile(join(second, file))).length, 2 * rowLength * 4);
});

test('of images with the same content one is missing, and all are found', async () => {
  const store = await ActivationStore.open(temporaryFolder(), rowLength);
  assert.deepEqual((await store.find(looksAt(['a', 'b', 'a']))).missing, Uint32Array.of(0, 1));
  await put(store, ['b', 'a']);
  await store.flush();
  assert.deepEqual((await readRows(store, ['a', 'b', 'a'], [0, 1, 2], 0)).out, rows(['a', 'b', 'a']));
});

test('more segments than files that may be open are read, and rows that are not stored come from elsewhere', async () => {
  const store = await ActivationStore.open(temporaryFolder(), rowLength);
  const letters = Array.from({ length: 150 }, (_, index) => String.fromCharCode(200 + index));
  for (const letter of letters.slice(1)) {
    await put(store, [letter]);
    await store.flush();
  }
  const asked: number[][] = [];
  const compute = {
    rowLength,
    async read(looks: ArrayLike<number>, out: Float32Array) {
      asked.push(Array.from(looks));
      out.set(rows(Array.from(looks, (look) => letters[look]!)));
    },
    close: async () => undefined,
  };
  const found = await store.find(looksAt(letters));
  await assert.rejects(found.reader(0), /no activations of 1 looks/);
  const reader = await found.reader(0, compute);
  const out = new Float32Array(2 * letters.length * rowLength);
  const order = [...letters.keys(), ...letters.keys()].reverse();
  await reader.read(order, out);
  assert.deepEqual(out, rows(order.map((look) => letters[look]!)));
  assert.deepEqual(asked, [[0, 0]]);
  await reader.close();
});
