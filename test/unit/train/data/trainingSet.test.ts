import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { UserError } from '../../../../src/protocol/errors';
import { anyLarger, openTrainingSet } from '../../../../src/train/data/trainingSet';
import { writeNoiseFaces } from '../../../fixtures/noiseFaces';
import { temporaryFolder } from '../../../fixtures/temporaryFolder';

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

test('images that a file of distances marks are left out before the split, and told', async () => {
  const folder = temporaryFolder();
  await writeNoiseFaces(folder, { people: 3, images: 4, size: 8 });
  const { dataset } = await openTrainingSet(config(folder));
  const file = join(temporaryFolder(), 'distances.h5');
  const { File, ready } = await import('h5wasm/node');
  await ready;
  const samples = dataset.people.flatMap(({ images }, label) => Array.from(images, (path) => ({ path, label })));
  const hdf5 = new File(file, 'w');
  // The first two people's first images lie far away.
  const distances = samples.map(({ label, path }) => (label < 2 && path.endsWith('_0001.png') ? 9 : 1));
  hdf5.create_dataset({ name: 'distance_to_center', data: Float64Array.from(distances) });
  hdf5.create_dataset({ name: 'label_list', data: Int32Array.from(samples, ({ label }) => label) });
  hdf5.create_dataset({ name: 'image_list', data: samples.map(({ path }) => path) });
  hdf5.close();
  const filter = { ...config(folder), filterFilename: file, filterPercentile: 90 };
  const { training, notes } = await openTrainingSet(filter);
  assert.equal(training.length, 10);
  assert.match(notes[0]!, /leaves out 2 of 12 images/);
  const few = await openTrainingSet({ ...filter, filterMinImagesPerClass: 3 });
  assert.deepEqual(few.labels, ['person_0', 'person_1', 'person_2'], '3 images are enough');
  await assert.rejects(openTrainingSet({ ...filter, filterMinImagesPerClass: 4 }), told(/leaves 1 of 3 people/));
});

test('people whom a pairs file or a folder names are not trained on, nor validated', async () => {
  const folder = temporaryFolder();
  await writeNoiseFaces(folder, { people: 4, images: 4, size: 8 });
  const pairs = join(temporaryFolder(), 'pairs.txt');
  await writeFile(pairs, '1\t1\nperson_1\t1\t2\nperson_1\t1\tperson_3\t1\n');
  const set = await openTrainingSet({ ...config(folder, 0.15), excludePeople: pairs });
  assert.deepEqual(set.labels, ['person_0', 'person_2']);
  assert.deepEqual([set.training.length, set.validation.length], [6, 2]);
  assert.ok([...set.training.paths, ...set.validation.paths].every((path) => !/person_[13]/.test(path)));
  assert.match(set.remarks.join(), /2 of 4 people are left out of the training \(person_1, person_3\)/);

  const others = temporaryFolder();
  for (const name of ['Person 0', 'nobody']) await mkdir(join(others, name));
  assert.deepEqual((await openTrainingSet({ ...config(folder), excludePeople: others })).labels, [
    'person_1',
    'person_2',
    'person_3',
  ]);
  await assert.rejects(openTrainingSet({ ...config(folder), excludePeople: folder }), told(/0 of 4 people are left/));
  await assert.rejects(
    openTrainingSet({ ...config(folder), excludePeople: join(folder, 'no') }),
    told(/cannot be read/),
  );
});
