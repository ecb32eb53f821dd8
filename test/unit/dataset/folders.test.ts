import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { cleanableFiles, deleteFiles, moveFiles } from '../../../src/dataset/clean';
import { fingerprint } from '../../../src/dataset/fingerprint';
import { inspectDataset } from '../../../src/dataset/inspect';
import { flattenDataset, imageCount, scanDataset } from '../../../src/dataset/scan';
import { encodePng } from '../../../src/image/encode';

let root: string;

async function put(path: string, content: string | Uint8Array): Promise<void> {
  await mkdir(join(root, path, '..'), { recursive: true });
  await writeFile(join(root, path), content);
}

async function png(size: number, colour: number): Promise<Buffer> {
  return encodePng({ width: size, height: size, data: new Uint8Array(size * size * 3).fill(colour) });
}

before(async () => {
  root = await mkdtemp(join(tmpdir(), 'facenet-dataset-'));
  await put('Zoe/b.png', await png(40, 1));
  await put('Zoe/a.png', await png(40, 2));
  await put('Zoe/twin.png', await png(40, 1));
  await put('Zoe/.DS_Store', 'x');
  await put('Adam/only.png', await png(40, 3));
  await put('ben/tiny.png', await png(8, 4));
  await put('ben/notes.jpg', 'hello');
  await put('ben/moving.jpg', 'GIF89a............');
  await put('ben/cut.png', (await png(40, 5)).subarray(0, 40));
  await put('revision_info.txt', 'not a person');
  await mkdir(join(root, 'empty'));
});

after(() => rm(root, { recursive: true, force: true }));

test('people are sorted by code point, files by name, and system files are left out', async () => {
  const dataset = await scanDataset(root);
  assert.deepEqual(
    dataset.people.map(({ name }) => name),
    ['Adam', 'Zoe', 'ben', 'empty'],
  );
  assert.deepEqual(
    dataset.people[1]!.images,
    ['a.png', 'b.png', 'twin.png'].map((name) => join(root, 'Zoe', name)),
  );
  assert.deepEqual(dataset.ignored, [join(root, 'Zoe', '.DS_Store')]);
  assert.equal(imageCount(dataset), 8);
  assert.deepEqual(
    flattenDataset(dataset).map(({ label }) => label),
    [0, 1, 1, 1, 2, 2, 2, 2],
  );
});

test('a missing folder, a file and a folder without people are one sentence each', async () => {
  await assert.rejects(scanDataset(join(root, 'nowhere')), /There is no folder/);
  await assert.rejects(scanDataset(join(root, 'revision_info.txt')), /is a file, not a folder/);
  await assert.rejects(scanDataset(join(root, 'empty')), /holds no folders of people/);
});

test('every problem is found by content', async () => {
  const problems = await inspectDataset(await scanDataset(root));
  const found = problems.map(({ kind, path }) => `${kind} ${path.slice(root.length + 1)}`);
  assert.deepEqual(found.sort(), [
    'duplicate Zoe/twin.png',
    'empty-person empty',
    'not-an-image ben/moving.jpg',
    'not-an-image ben/notes.jpg',
    'single-image-person Adam',
    'too-small ben/tiny.png',
    'unreadable ben/cut.png',
  ]);
});

test('inspecting can be stopped', async () => {
  const stop = AbortSignal.abort();
  await assert.rejects(inspectDataset(await scanDataset(root), { signal: stop }), { name: 'StoppedError' });
});

test('the fingerprint changes with a file', async () => {
  const dataset = await scanDataset(root);
  const before = await fingerprint(dataset);
  assert.equal(await fingerprint(dataset), before);
  await put('Zoe/a.png', await png(41, 2));
  assert.notEqual(await fingerprint(await scanDataset(root)), before);
});

test('cleaning moves what is not an image and overwrites nothing', async () => {
  const files = cleanableFiles(await inspectDataset(await scanDataset(root)));
  assert.equal(files.length, 3);
  const target = join(root, '..', `${root.split('/').pop()}-moved`);
  await mkdir(join(target, 'ben'), { recursive: true });
  await writeFile(join(target, 'ben', 'notes.jpg'), 'mine');
  await assert.rejects(moveFiles(root, files, target), /notes\.jpg .*could not be moved/);
  assert.equal(await readFile(join(target, 'ben', 'notes.jpg'), 'utf8'), 'mine');
  assert.deepEqual((await readdir(join(root, 'ben'))).sort(), ['notes.jpg', 'tiny.png']);
  assert.deepEqual((await readdir(join(target, 'ben'))).sort(), ['cut.png', 'moving.jpg', 'notes.jpg']);
  assert.deepEqual(await deleteFiles([join(root, 'ben', 'notes.jpg')]), [{ path: join(root, 'ben', 'notes.jpg') }]);
  await rm(target, { recursive: true });
});
