import assert from 'node:assert/strict';
import { appendFile, mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { mergeAlignment } from '../../../src/align/mergeShards';
import { byPlace, ShardJournal } from '../../../src/align/shardJournal';
import { PartsFolder } from '../../../src/shard/partsFolder';
import { temporaryFolder } from '../../fixtures/temporaryFolder';

const root = temporaryFolder();
const booked = (image: string) => ({
  boxes: [`/out/${image}.png 1 2 3 4`],
  entry: { outcome: 'noFace' as const, image, size: [8, 8] as [number, number] },
});

test('photographs stand in the order of a dataset: by person, then by name, each by code point', () => {
  const order = ['Ann/2.jpg', 'Ann/a.jpg', 'Ann B/1.jpg', 'Ann-Lou/1.jpg', 'ann/1.jpg'];
  assert.deepEqual([...order].reverse().sort(byPlace), order);
});

test('an attempt goes on behind what was booked, and does again what was begun', async () => {
  const folder = join(root, 'attempts');
  await mkdir(folder);
  const first = await ShardJournal.open(folder);
  for (const image of ['A/1', 'A/2', 'A/3', 'B/1']) await first.begin(image);
  await first.append(booked('A/1'));
  await first.append(booked('A/2'));
  // Killed in the middle of a line.
  await appendFile(join(folder, 'journal-1.jsonl'), '{"boxes":["/out/A/3.png 1');
  const second = await ShardJournal.open(folder);
  assert.deepEqual(
    ['A/1', 'A/2', 'A/3', 'B/1', 'B/2'].map((image) => second.isBooked(image)),
    [...[true, true, false, false, false]],
  );
  assert.deepEqual(
    ['A/2', 'A/3', 'B/1', 'B/2'].map((image) => second.wasBegun(image)),
    [false, true, true, false],
  );
  // What comes behind a photograph that was left out is not booked.
  await second.append(booked('A/3'));
  second.cut();
  await second.append(booked('B/2'));
  await Promise.all([first.close(), second.close()]);
  const third = await ShardJournal.open(folder);
  assert.deepEqual([third.isBooked('A/3'), third.isBooked('B/1')], [true, false]);
  await third.close();
});

test('shards become the files of one run, each photograph once, behind what was there', async () => {
  const folder = join(root, 'merged');
  await mkdir(folder);
  await writeFile(join(folder, 'images.jsonl'), '{"earlier":1}');
  const parts = await PartsFolder.open(folder, { version: 1, work: 'align', parts: 2, recipe: {} });
  const journals = [
    ['A/1', 'C/1', 'C/2'],
    ['B/1', 'D/1'],
    ['D/1', 'D/2'],
  ];
  for (const [attempt, images] of journals.entries()) {
    const shard = { index: Math.min(attempt, 1), count: 2 };
    const journal = await ShardJournal.open(await parts.folderOf(shard));
    for (const image of images) await journal.append(booked(image));
    await journal.close();
    await parts.finish(shard, {});
  }
  assert.deepEqual(await mergeAlignment(parts), { faces: 0, noFace: 6, unreadable: 0 });
  const names = await readdir(folder);
  assert.equal(names.length, 2);
  const all = ['A/1', 'B/1', 'C/1', 'C/2', 'D/1', 'D/2'];
  const log = (await readFile(join(folder, 'images.jsonl'), 'utf8')).trim().split('\n');
  assert.deepEqual(log, ['{"earlier":1}', ...all.map((image) => JSON.stringify(booked(image).entry))]);
  const boxes = await readFile(
    join(
      folder,
      names.find((name) => name.startsWith('bounding_boxes_'))!,
    ),
    'utf8',
  );
  assert.equal(boxes, all.map((image) => `/out/${image}.png 1 2 3 4\n`).join(''));
});
