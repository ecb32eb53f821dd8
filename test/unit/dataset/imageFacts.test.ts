import assert from 'node:assert/strict';
import { copyFile, mkdir, readFile, rename, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { ImageFacts } from '../../../src/dataset/imageFacts';
import type { ImageLook } from '../../../src/dataset/looks/lookAt';
import { encodePng } from '../../../src/image/encode';
import { temporaryFolder } from '../../fixtures/temporaryFolder';

const settle = async (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 2100));

/** A picture in a file of 1000 bytes, whatever its colour. */
async function png(path: string, size: number, colour: number): Promise<void> {
  const bytes = await encodePng({ width: size, height: size, data: new Uint8Array(size * size * 3).fill(colour) });
  await writeFile(path, Buffer.concat([bytes], 1000));
}

async function look(file: string | undefined, paths: readonly string[], decode = true, capacity?: number) {
  const facts = new ImageFacts(file);
  const looks: ImageLook[] = [];
  await facts.look(paths, { decode }, (seen, index) => void (looks[index] = seen), capacity);
  return { looks, notes: facts.notes };
}

test('what is known is what a look without a file sees, however files were changed meanwhile', async () => {
  const folder = temporaryFolder();
  const file = join(temporaryFolder(), 'index', 'one.facts');
  const paths = ['a.png', 'b.png', 'broken.png'].map((name) => join(folder, name));
  await png(paths[0]!, 40, 1);
  await png(paths[1]!, 30, 2);
  await writeFile(paths[2]!, 'no image');
  // Whole seconds, which can be set back to the last digit.
  const then = new Date(2020, 1);
  await utimes(paths[0]!, then, then);
  const check = async (): Promise<void> =>
    assert.deepEqual((await look(file, paths)).looks, (await look(undefined, paths)).looks);
  await check();
  await settle();
  await check();
  const kept = await readFile(file);
  await check();
  assert.deepEqual(await readFile(file), kept, 'nothing new, nothing is written');

  // In place, with the same size and the old times.
  const { mtimeMs, size } = await stat(paths[0]!);
  await png(paths[0]!, 40, 3);
  assert.equal((await stat(paths[0]!)).size, size, 'the change cannot be told by the size');
  await utimes(paths[0]!, then, then);
  assert.equal((await stat(paths[0]!)).mtimeMs, mtimeMs, 'nor by the time of its content');
  await settle();
  await check();
  // Two files that change places keep their sizes, times and contents, but not their names.
  await rename(paths[0]!, `${paths[0]!}.away`);
  await rename(paths[1]!, paths[0]!);
  await rename(`${paths[0]!}.away`, paths[1]!);
  await check();
  await settle();
  await check();
  await check();
});

test('what a look without decoding knows is no verdict; what is no file of facts is said', async () => {
  const folder = temporaryFolder();
  const file = join(folder, 'one.facts');
  const path = join(folder, 'a.png');
  await png(path, 40, 1);
  await settle();
  const [read] = (await look(file, [path], false)).looks;
  const [seen] = (await look(file, [path])).looks;
  assert.ok(read?.fault === undefined && seen?.fault === undefined);
  assert.deepEqual([read?.width, seen?.width], [0, 40]);
  assert.deepEqual(read?.content, seen?.content);
  const bytes = await readFile(file);
  // Cut off, and with a bit of its last row flipped, which only the sum tells.
  for (const damaged of [bytes.subarray(0, bytes.length - 8), bytes.with(bytes.length - 8, bytes.at(-8)! ^ 1)]) {
    await writeFile(file, damaged);
    assert.match(
      (await look(file, [path])).notes.join(),
      /is damaged or of another version; all images are looked at again/,
    );
  }
});

test('other images are forgotten where they are too many', async () => {
  const folder = temporaryFolder();
  const file = join(folder, 'one.facts');
  const paths = ['a.png', 'b.png', 'c.png'].map((name) => join(folder, name));
  await png(paths[0]!, 40, 1);
  for (const path of paths.slice(1)) await copyFile(paths[0]!, path);
  await settle();
  await look(file, paths.slice(0, 1));
  const { size: one } = await stat(file);
  await look(file, paths.slice(1, 2), true, 2);
  const { size: two } = await stat(file);
  await look(file, paths.slice(2, 3), true, 2);
  assert.ok(two > one);
  assert.equal((await stat(file)).size, one, 'of three, those that the last look has seen');
});

test('images of several folders in any order, some of them damaged in the file, are what they are', async () => {
  const folder = temporaryFolder();
  const file = join(folder, 'some.facts');
  const paths: string[] = [];
  for (const person of ['a', 'b', 'c']) {
    await mkdir(join(folder, person));
    for (const image of [1, 2]) {
      paths.push(join(folder, person, `${image}.png`));
      await png(paths.at(-1)!, 20 + paths.length, paths.length);
    }
  }
  await settle();
  const order = [4, 0, 5, 2, 1, 3].map((index) => paths[index]!);
  const { looks } = await look(undefined, order);
  assert.deepEqual((await look(file, order.slice(0, 2))).looks, looks.slice(0, 2));
  for (const all of [order, order, paths]) {
    const seen = await look(file, all);
    assert.deepEqual(
      all.map((path) => seen.looks[all.indexOf(path)]),
      all.map((path) => looks[order.indexOf(path)]),
    );
    assert.deepEqual(seen.notes, []);
  }
  // A bit of the rows, which are read where they are needed.
  const bytes = await readFile(file);
  bytes[20]! ^= 1;
  await writeFile(file, bytes);
  const damaged = await look(file, paths);
  assert.deepEqual(
    damaged.looks,
    paths.map((path) => looks[order.indexOf(path)]),
  );
  assert.match(damaged.notes.join(), /is damaged; some images are looked at again/);
  assert.deepEqual((await look(file, paths)).notes, []);
});

test('facts that cannot be written are said, and the images looked at', async () => {
  const folder = temporaryFolder();
  const path = join(folder, 'a.png');
  await png(path, 40, 1);
  await settle();
  const { looks, notes } = await look(join(folder, 'a.png', 'one.facts'), [path]);
  assert.equal(looks.length, 1);
  assert.match(notes.join(), /cannot be written .*; the next look begins anew/);
});
