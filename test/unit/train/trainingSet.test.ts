import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { UserError } from '../../../src/protocol/errors';
import { anyLarger, openTrainingSet } from '../../../src/train/trainingSet';
import { writeNoiseFaces } from '../../fixtures/noiseFaces';
import { temporaryFolder } from '../../fixtures/temporaryFolder';

const config = (dataDir: string, validationSplitRatio = 0) => ({
  dataDir,
  validationSplitRatio,
  minTrainImagesPerClass: 0,
  seed: 666,
});
const told = (pattern: RegExp) => (error: unknown) => error instanceof UserError && pattern.test(error.sentence);

test('an empty folder, one person and a missing folder are told', async () => {
  const folder = temporaryFolder();
  await assert.rejects(openTrainingSet(config(folder)), told(/holds no folders of people/));
  await writeNoiseFaces(folder, { people: 1, images: 2, size: 8 });
  await assert.rejects(openTrainingSet(config(folder)), told(/one person only \(person_0\)/));
  await assert.rejects(openTrainingSet(config(join(folder, 'nowhere'))), UserError);
});

test('people without images leave nothing to train with', async () => {
  const folder = temporaryFolder();
  for (const name of ['a', 'b']) await mkdir(join(folder, name));
  await assert.rejects(openTrainingSet(config(folder)), told(/leaves 0 training images/));
});

test('a person with one image is trained with, and told', async () => {
  const folder = temporaryFolder();
  await writeNoiseFaces(folder, { people: 3, images: 1, size: 8 });
  const { training, notes, labels } = await openTrainingSet(config(folder));
  assert.equal(training.length, 3);
  assert.equal(labels.length, 3);
  assert.match(notes.join(), /3 of 3 people have a single image \(person_0, person_1, person_2\)/);
});

test('a split uses every image once and keeps labels of both parts the same', async () => {
  const folder = temporaryFolder();
  await writeNoiseFaces(folder, { people: 3, images: 7, size: 8 });
  const { training, validation, labels } = await openTrainingSet(config(folder, 0.2));
  assert.equal(training.length + validation.length, 21);
  assert.equal(new Set([...training, ...validation].map(({ path }) => path)).size, 21);
  for (const { path, label } of [...training, ...validation]) assert.ok(path.includes(`${labels[label]}_`));
});

test('whether crops can differ is seen in the headers', async () => {
  const folder = temporaryFolder();
  await writeNoiseFaces(folder, { people: 2, images: 1, size: 12 });
  const { training } = await openTrainingSet(config(folder));
  assert.deepEqual([await anyLarger(training, 12), await anyLarger(training, 11)], [false, true]);
});
