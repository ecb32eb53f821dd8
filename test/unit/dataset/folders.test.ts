import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import sharp from 'sharp';
import { cleanableFiles, deleteFiles, moveFiles } from '../../../src/dataset/clean';
import { survey } from '../../../src/dataset/survey';
import { inspectDataset } from '../../../src/dataset/inspect';
import { namesOfLfw, overlapProblems } from '../../../src/dataset/lfwOverlap';
import { describeProblem, problemActions, problemMessage } from '../../../src/dataset/problems';
import { Samples } from '../../../src/dataset/samples';
import { imageCount, listImages, listPeople, scanDataset } from '../../../src/dataset/scan';
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
    [...dataset.people[1]!.images],
    ['a.png', 'b.png', 'twin.png'].map((name) => join(root, 'Zoe', name)),
  );
  assert.equal(dataset.ignored, 1, 'the .DS_Store of Zoe');
  assert.equal(imageCount(dataset), 8);
  assert.deepEqual([...new Samples(dataset.people).labels()], [0, 1, 1, 1, 2, 2, 2, 2]);
});

test('a missing folder, a file and a folder without people are one sentence each', async () => {
  await assert.rejects(scanDataset(join(root, 'nowhere')), /There is no folder/);
  await assert.rejects(scanDataset(join(root, 'revision_info.txt')), /is a file, not a folder/);
  await assert.rejects(scanDataset(join(root, 'empty')), /holds no folders of people/);
});

test('every problem is found by content', async () => {
  const problems = [...(await inspectDataset(await scanDataset(root)))];
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

test('a picture that only viewers turn upright is flagged, a mirror image is not', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'facenet-turned-'));
  try {
    await mkdir(join(folder, 'Ada'));
    for (const orientation of [1, 2, 3, 4, 5, 6, 7, 8]) {
      const grey = { width: 40, height: 30, channels: 3, background: { r: 99, g: 99, b: orientation } } as const;
      await sharp({ create: grey })
        .withMetadata({ orientation })
        .toFile(join(folder, 'Ada', `${orientation}.jpg`));
    }
    const problems = [...(await inspectDataset(await scanDataset(folder)))];
    assert.deepEqual(
      problems.map((problem) => (problem.kind === 'turned' ? problem.orientation : problem.kind)),
      [3, 4, 5, 6, 7, 8],
    );
    assert.deepEqual(cleanableFiles(problems, true), []);
    assert.match(describeProblem(problems[3]!), /6\.jpg .*orientation \(6\).* Align the photographs with/);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('people and the images of one of them are listed alone, as the whole scan lists them', async () => {
  const dataset = await scanDataset(root);
  assert.deepEqual(
    await listPeople(root),
    dataset.people.map(({ name }) => name),
  );
  assert.deepEqual(await listImages(root, 'Zoe'), [...dataset.people[1]!.images]);
  await assert.rejects(listPeople(join(root, 'empty')), /holds no folders of people/);
});

test('each kind of problem has an action', () => {
  for (const action of Object.values(problemActions)) assert.match(action, /^[A-Z].*\.$/);
  assert.equal(
    describeProblem({ kind: 'empty-person', path: '/x/Ada', person: 'Ada' }),
    'Ada has no image. Add images, or remove the folder.',
  );
});

test('duplicates are listed, and taken away only when that is asked', async () => {
  const problems = await inspectDataset(await scanDataset(root));
  const twin = join(root, 'Zoe', 'twin.png');
  assert.ok(!cleanableFiles(problems).includes(twin));
  assert.ok(cleanableFiles(problems, true).includes(twin));
  assert.ok(!cleanableFiles(problems, true).includes(join(root, 'Zoe', 'b.png')), 'the first copy stays');
});

test('people of LFW are found by the names of its folders and of its pairs, however they are written', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'facenet-lfw-'));
  try {
    await mkdir(join(folder, 'Ada_Lovelace'));
    await mkdir(join(folder, 'Adam'));
    const pairs = join(folder, 'pairs.txt');
    await writeFile(pairs, '1\t1\nGrace_Hopper\t1\t2\nZoe\t1\tAdam\t1\n');
    assert.deepEqual(await namesOfLfw(folder), ['Ada_Lovelace', 'Adam']);
    assert.deepEqual(await namesOfLfw(pairs), ['Grace_Hopper', 'Zoe', 'Adam']);
    const found = overlapProblems(root, ['Adam', 'ada lovelace', 'Zoe'], await namesOfLfw(folder));
    assert.deepEqual(
      found.map(({ kind, person }) => `${kind} ${person}`),
      ['also-in-lfw Adam', 'also-in-lfw ada lovelace'],
    );
    assert.match(problemMessage(found[1]!), /as Ada_Lovelace/);
    await writeFile(pairs, 'nothing');
    await assert.rejects(namesOfLfw(pairs), /names no pairs/);
    await assert.rejects(namesOfLfw(join(folder, 'gone')), /cannot be read/);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('inspecting can be stopped', async () => {
  const stop = AbortSignal.abort();
  await assert.rejects(inspectDataset(await scanDataset(root), { signal: stop }), { name: 'StoppedError' });
});

test('the fingerprint changes with a file', async () => {
  const dataset = await scanDataset(root);
  const fingerprint = async (): Promise<string> => (await survey(dataset)).fingerprint;
  const before = await fingerprint();
  assert.equal(await fingerprint(), before);
  await put('Zoe/a.png', await png(41, 2));
  assert.notEqual(await fingerprint(), before);
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

test('a listing that is given up rejects with the reason, before it begins and while it reads', async () => {
  const reason = new Error('collapsed');
  await assert.rejects(listPeople(root, AbortSignal.abort(reason)), reason);
  const stop = new AbortController();
  const listing = listPeople(root, stop.signal);
  stop.abort(reason);
  await assert.rejects(listing, reason);
});
