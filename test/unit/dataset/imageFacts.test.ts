import assert from 'node:assert/strict';
import { copyFile, readFile, rename, stat, utimes, writeFile } from 'node:fs/promises';
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
  const facts = await ImageFacts.open(file);
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
