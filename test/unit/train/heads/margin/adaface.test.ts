import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openWasm } from '../../../../../src/engine/wasm/openWasm';
import { networkByName } from '../../../../../src/network/registry';
import type { Tensor } from '../../../../../src/network/tensor';
import { firstValue } from '../../../../../src/train/heads/head';
import { marginHead } from '../../../../../src/train/heads/margin/marginHead';
import { Trainer } from '../../../../../src/train/step/trainer';
import { regenerableTensor } from '../../../../fixtures/regenerableWeights';

const network = networkByName('dlib_resnet', { embeddingSize: 6 });
const settings = { prelogitsNormLossFactor: 0, prelogitsNormP: 1, centerLossFactor: 0.1, centerLossAlfa: 0.9 };
const head = marginHead(
  'adaface',
  { ...settings, labelSmoothing: 0, adafaceDecay: 0.9 },
  { classes: 4, embeddingSize: 6 },
);
const rows = (step: number): Float32Array => regenerableTensor(`rows ${step}`, [5, 6]).data.map((value) => 40 * value);
const labels = Int32Array.of(0, 1, 2, 3, 0);

async function openTrainer(weights: Map<string, Tensor>): Promise<Trainer> {
  return new Trainer(
    await openWasm(),
    {
      ...{ network, head, cut: network.stages.length, imageSize: 150, weights },
      ...{ optimizer: 'ADAM', batchNorm: 'frozen', weightDecay: 0, keepProbability: 1 },
    },
    [6],
  );
}

const firstWeights = (): Map<string, Tensor> =>
  new Map([
    ['Margin/weights', regenerableTensor('Margin/weights', [6, 4])],
    ...head.ownVariables.map((variable) => [variable.name, firstValue(variable)] as const),
  ]);

async function train(trainer: Trainer, from: number, to: number): Promise<void> {
  for (let step = from; step <= to; step++) trainer.update(trainer.gradients(rows(step), labels, step), 0.1, step);
}

test('mean and deviation of the lengths follow the batches, and the optimizer keeps nothing for them', async () => {
  const trainer = await openTrainer(firstWeights());
  let [mean, deviation] = [20, 100];
  for (let step = 1; step <= 3; step++) {
    await train(trainer, step, step);
    const batch = rows(step);
    const lengths = Array.from({ length: 5 }, (_, row) =>
      Math.min(Math.hypot(...batch.subarray(6 * row, 6 * row + 6)), 100),
    );
    const center = lengths.reduce((sum, length) => sum + length, 0) / 5;
    const variance = lengths.reduce((sum, length) => sum + (length - center) ** 2, 0) / 4;
    mean = 0.9 * mean + 0.1 * center;
    deviation = 0.9 * deviation + 0.1 * Math.sqrt(variance);
    const weights = await trainer.weights();
    assert.ok(Math.abs(weights.get('Margin/norm_mean')!.data[0]! / mean - 1) < 1e-5);
    assert.ok(Math.abs(weights.get('Margin/norm_std')!.data[0]! / deviation - 1) < 1e-5);
    assert.deepEqual(weights.get('Margin/norm_mean')!.shape, []);
  }
  const slots = [...(await trainer.optimizerState()).keys()].sort();
  assert.deepEqual(slots, [
    'Margin/weights/Adam',
    'Margin/weights/Adam_1',
    'beta1_power',
    'beta2_power',
    'centers/Adam',
    'centers/Adam_1',
  ]);
  trainer.dispose();
});

test('a training that goes on from what was saved ends where an uninterrupted one ends', async () => {
  const straight = await openTrainer(firstWeights());
  await train(straight, 1, 6);
  const first = await openTrainer(firstWeights());
  await train(first, 1, 3);
  const [weights, state] = [await first.weights(), await first.optimizerState()];
  const resumed = await openTrainer(weights);
  resumed.restore(3, new Map([...state].map(([name, { data }]) => [name, data])));
  await train(resumed, 4, 6);
  assert.deepEqual(await resumed.weights(), await straight.weights());
  for (const trainer of [straight, first, resumed]) trainer.dispose();
});

test('one image has no deviation', async () => {
  const trainer = await openTrainer(firstWeights());
  trainer.update(trainer.gradients(rows(1).subarray(0, 6), Int32Array.of(1), 1), 0.1, 1);
  const weights = await trainer.weights();
  assert.equal(weights.get('Margin/norm_std')!.data[0], 100);
  assert.notEqual(weights.get('Margin/norm_mean')!.data[0], 20);
  trainer.dispose();
});
