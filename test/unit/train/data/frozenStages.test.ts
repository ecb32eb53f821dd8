// What a step changes of the stages before the first trained one.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openWasm } from '../../../../src/engine/wasm/openWasm';
import { describe } from '../../../../src/network/describe';
import { networkByName } from '../../../../src/network/registry';
import { planPhases } from '../../../../src/train/plan/phases';
import { softmaxHead } from '../../../../src/train/heads/softmax';
import type { TrainerOptions } from '../../../../src/train/step/stepTrainer';
import { Trainer } from '../../../../src/train/step/trainer';
import { regenerableTensor, regenerableWeights } from '../../../fixtures/regenerableWeights';

const network = networkByName('squeezenet', { embeddingSize: 8 });
const classes = 3;
const imageSize = 63;
const end = network.stages.length;
const plainLoss = {
  prelogitsNormLossFactor: 0,
  prelogitsNormP: 1,
  centerLossFactor: 0,
  centerLossAlfa: 0.95,
  labelSmoothing: 0,
};

/** Names of the variables that one step changes, what was watched of it, and the loss. */
async function stepWith(options: Pick<TrainerOptions, 'cut' | 'trainedFrom' | 'batchNorm'>) {
  const tf = await openWasm();
  const weights = regenerableWeights(describe(network, { classes }).variables);
  const before = tf.memory().numTensors;
  const trainer = new Trainer(
    tf,
    {
      ...options,
      network,
      head: softmaxHead(plainLoss, { classes, embeddingSize: network.embeddingSize }),
      imageSize,
      weights,
      optimizer: 'MOM',
      weightDecay: 1e-3,
      keepProbability: 1,
    },
    [imageSize, imageSize, 3],
  );
  const rows = regenerableTensor('images', [2, imageSize, imageSize, 3]).data;
  const gradients = trainer.gradients(rows, Int32Array.of(0, 2), 0);
  const values = await trainer.values(gradients);
  trainer.update(gradients, 0.1, 1);
  const [{ loss, prelogits }] = (await trainer.measures()) as [Awaited<ReturnType<typeof trainer.measures>>[0]];
  const changed: string[] = [];
  for (const [name, { data }] of await trainer.weights()) {
    if (data.some((value, i) => value !== weights.get(name)!.data[i])) changed.push(name);
  }
  trainer.dispose();
  assert.equal(tf.memory().numTensors, before, 'nothing is left behind');
  assert.equal(prelogits.data.length, 2 * 8);
  return { changed, values, loss, weights };
}

const isStatistic = (name: string): boolean => /\/moving_(mean|variance)$/.test(name);

test('everywhere: the weights before the first trained stage stay, their moving statistics move', async () => {
  const { changed, values, weights } = await stepWith({ cut: 0, trainedFrom: end, batchNorm: 'update' });
  assert.deepEqual(
    changed.filter((name) => !isStatistic(name)),
    ['Logits/weights', 'Logits/biases'],
  );
  const statistics = [...weights.keys()].filter(isStatistic);
  assert.ok(statistics.length > 20);
  assert.deepEqual(changed.filter(isStatistic).sort(), statistics.sort());
  assert.deepEqual([...values.gradients.keys()].sort(), ['Logits/biases', 'Logits/weights']);
  for (const [name, data] of values.variables)
    assert.deepEqual(data, weights.get(name)!.data, `${name} is as before the step`);
});

test('frozen: with the same weights trained, no statistic moves', async () => {
  const { changed } = await stepWith({ cut: 0, trainedFrom: end, batchNorm: 'frozen' });
  assert.deepEqual(changed, ['Logits/weights', 'Logits/biases']);
});

test('weight decay counts what is frozen in every way of freezing', async () => {
  const whole = await stepWith({ cut: 0, batchNorm: 'update' });
  const part = await stepWith({ cut: 0, trainedFrom: end, batchNorm: 'update' });
  assert.ok(Math.abs(whole.loss - part.loss) < 1e-4 * whole.loss, `${whole.loss} and ${part.loss}`);
  assert.ok(whole.changed.length > part.changed.length);
});

test('frozen statistics move only where a phase asks for it', () => {
  const phase = { name: 'a', trainableFrom: 'Logits', epochs: 1, learningRate: 1 } as const;
  const plan = planPhases(
    network,
    (['frozen', 'update', 'everywhere'] as const).map((batchNorm) => ({ ...phase, batchNorm })),
    1,
  );
  assert.deepEqual(
    plan.map(({ cut, trainedFrom }) => [cut, trainedFrom]),
    [
      [end, end],
      [end, end],
      [0, end],
    ],
  );
});
