import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readHdf5 } from '../../../src/files/hdf5';
import { Statistics } from '../../../src/journal/statistics';
import { softmaxHead } from '../../../src/train/heads/softmax';
import { temporaryFolder } from '../../fixtures/temporaryFolder';

const { measures } = softmaxHead(
  { prelogitsNormLossFactor: 0, prelogitsNormP: 1, centerLossFactor: 1, centerLossAlfa: 0.9, labelSmoothing: 0 },
  { classes: 2, embeddingSize: 2 },
);
const options = {
  ...{ epochs: 7, stepsPerEpoch: 3, validateEveryEpochs: 5, prelogitsNormP: 1, prelogitsHistMax: 10 },
  measures,
};
const measure = (step: number, prelogits = [0, 0.5, -3, 25]) => ({
  step,
  loss: step + 0.5,
  values: { crossEntropy: step, regularization: 0.5, accuracy: 0.25, centerLoss: 2 },
  learningRate: 0.01,
  prelogits: { rows: 2, data: Float32Array.from(prelogits) },
});

test('shapes and places are those of the reference (spec §6.9)', async () => {
  const path = join(temporaryFolder(), 'stat.h5');
  const statistics = new Statistics(path, options);
  await statistics.write();
  assert.ok(!existsSync(path), 'nothing to say yet');
  for (let step = 1; step <= 4; step++) statistics.addStep(measure(step), step <= 3 ? 1 : 2);
  statistics.addTraining(1, 9);
  statistics.addValidation(5, { loss: 1, values: { crossEntropy: 0.5, accuracy: 0.75 } }, 3);
  statistics.addValidation(6, { loss: 2, values: { crossEntropy: 1.5, accuracy: 0.5 } }, 4);
  statistics.addLfw(7, 0.875, 0.5, 5);
  await statistics.write();
  const found = await readHdf5(path, [
    ...['loss', 'center_loss', 'reg_loss', 'xent_loss', 'prelogits_norm', 'accuracy'],
    ...['val_loss', 'val_xent_loss', 'val_accuracy'],
    ...['lfw_accuracy', 'lfw_valrate', 'learning_rate', 'time_train', 'time_validate', 'time_evaluate'],
    'prelogits_hist',
  ]);
  assert.equal(found.size, 16);
  const of = (name: string): number[] => Array.from(found.get(name)!.values as Float32Array);
  assert.deepEqual(of('loss').slice(0, 6), [1.5, 2.5, 3.5, 4.5, 0, 0]);
  for (const name of ['center_loss', 'reg_loss', 'xent_loss', 'prelogits_norm', 'accuracy'])
    assert.deepEqual(found.get(name)!.shape, [21], name);
  // (|0| + |0.5| + |−3| + |25| + 4·1e-4) / 2
  assert.ok(Math.abs(of('prelogits_norm')[0]! - 14.2502) < 1e-5);
  assert.deepEqual(of('val_accuracy'), [0.75, 0.5], 'epochs 1–5 and 6–7');
  assert.deepEqual(of('lfw_accuracy'), [0, 0, 0, 0, 0, 0, 0.875]);
  assert.deepEqual(of('time_validate'), [0, 0, 0, 0, 3, 4, 0]);
  assert.deepEqual(of('learning_rate').slice(0, 3), [0.01, 0.01, 0].map(Math.fround));
  assert.deepEqual(found.get('prelogits_hist')!.shape, [7, 1000]);
  const histogram = of('prelogits_hist');
  assert.deepEqual(
    [0, 50, 300, 999, 1000 + 999, 2000].map((index) => histogram[index]),
    [3, 3, 3, 3, 1, 0],
    'values beyond the end fall into the last bin',
  );
});

test('goes on from a step and forgets what came after it', async () => {
  const path = join(temporaryFolder(), 'stat.h5');
  const before = new Statistics(path, options);
  for (let step = 1; step <= 6; step++) before.addStep(measure(step), Math.ceil(step / 3));
  before.addLfw(2, 0.5, 0.5, 1);
  await before.write();
  const after = new Statistics(path, options);
  await after.restore(3);
  after.addStep(measure(4), 2);
  await after.write();
  const found = await readHdf5(path, ['loss', 'prelogits_hist', 'lfw_accuracy']);
  assert.deepEqual([...(found.get('loss')!.values as Float32Array)].slice(0, 6), [1.5, 2.5, 3.5, 4.5, 0, 0]);
  assert.deepEqual(found.get('lfw_accuracy')!.values, new Float32Array(7));
  const histogram = found.get('prelogits_hist')!.values as Float32Array;
  assert.deepEqual([histogram[0], histogram[1000], histogram[2000]], [3, 1, 0]);
});
