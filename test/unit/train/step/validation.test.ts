import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openWasm } from '../../../../src/engine/wasm/openWasm';
import { networkByName } from '../../../../src/network/registry';
import type { Tensor } from '../../../../src/network/tensor';
import { TailTrainer } from '../../../../src/train/step/tailTrainer';
import { measureValidation } from '../../../../src/train/step/validation';
import { regenerableTensor } from '../../../fixtures/regenerableWeights';

test('validation measures what a training step measures', async () => {
  const tf = await openWasm();
  const network = networkByName('dlib_resnet', { embeddingSize: 6 });
  const classes = 4;
  const weights = new Map<string, Tensor>([
    ['Logits/weights', regenerableTensor('Logits/weights', [6, classes])],
    ['Logits/biases', regenerableTensor('Logits/biases', [classes])],
    ['centers', regenerableTensor('centers', [classes, 6])],
  ]);
  const config = {
    weightDecay: 0,
    prelogitsNormLossFactor: 0.3,
    prelogitsNormP: 2,
    centerLossFactor: 0.7,
    centerLossAlfa: 0.9,
    keepProbability: 1,
  };
  const rows = regenerableTensor('rows', [9, 6]).data;
  const labels = [0, 1, 2, 3, 0, 1, 2, 3, 0];
  const expected = measureValidation(network, weights, rows, labels, config);
  const before = tf.memory().numTensors;
  const trainer = new TailTrainer(
    tf,
    {
      ...config,
      network,
      classes,
      cut: network.stages.length,
      imageSize: 150,
      weights,
      optimizer: 'ADAGRAD',
      batchNorm: 'frozen',
    },
    [6],
  );
  trainer.step(rows, Int32Array.from(labels), 0.1, 1, 0);
  const [measured] = await trainer.measures();
  for (const key of ['loss', 'crossEntropy', 'accuracy'] as const) {
    assert.ok(Math.abs(measured![key] - expected[key]) < 1e-5, `${key}: ${measured![key]} and ${expected[key]}`);
  }
  trainer.dispose();
  assert.equal(tf.memory().numTensors, before);
});
