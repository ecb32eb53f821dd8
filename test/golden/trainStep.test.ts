import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openWasm } from '../../src/engine/wasm/openWasm';
import { isTrained } from '../../src/network/describe';
import { TailTrainer } from '../../src/train/tailTrainer';
import { loadGoldenCase } from '../fixtures/goldenNetwork';
import { skipWithoutShared } from '../fixtures/shared';

const skip = skipWithoutShared('golden', 'network');

test(
  "the trainer's whole-network step measures the reference's losses and moves every variable",
  { skip },
  async () => {
    const tf = await openWasm();
    const before = tf.memory().numTensors;
    const { golden, network, images, weights, variables } = await loadGoldenCase('squeezenet');
    const step = golden.train_step;
    const trainer = new TailTrainer(
      tf,
      {
        network,
        classes: step.classes,
        cut: 0,
        imageSize: 160,
        weights,
        optimizer: 'MOM',
        batchNorm: 'update',
        weightDecay: step.weight_decay,
        prelogitsNormLossFactor: step.prelogits_norm_loss_factor,
        prelogitsNormP: 1,
        centerLossFactor: 0,
        centerLossAlfa: 0.95,
        keepProbability: 1,
      },
      [160, 160, 3],
    );
    const rate = 1e-3;
    trainer.step(images, Int32Array.from(step.labels), rate, 1, 0);
    const [measure] = await trainer.measures();
    assert.ok(
      Math.abs(measure!.loss / step.total_loss - 1) < 1e-4,
      `loss ${measure!.loss}, expected ${step.total_loss}`,
    );
    assert.ok(measure!.accuracy >= 0 && measure!.accuracy <= 1);

    // Nesterov momentum's first step is rate · (g + 0.9 g): the gradient's length can be read from the movement.
    const after = await trainer.values();
    for (const { name } of variables.filter(isTrained)) {
      const was = weights.get(name)!.data;
      const now = after.get(name)!.data;
      const moved = Math.sqrt(now.reduce((sum, value, i) => sum + (value - was[i]!) ** 2, 0));
      const expected = step.gradients[name]!.l2 * rate * 1.9;
      if (expected < 1e-7) continue; // A bias before a batch norm: rounding only.
      // The movement is rounded to the float32 grid of the weights themselves.
      const grid = Math.sqrt(was.reduce((sum, value) => sum + (value * 6e-8) ** 2, 0));
      assert.ok(Math.abs(moved - expected) < 1e-2 * expected + grid, `${name} moved by ${moved}, expected ${expected}`);
    }
    for (const [name, expected] of Object.entries(step.moving_after)) {
      const values = after.get(name)!.data;
      expected.forEach((value, i) => assert.ok(Math.abs(values[i]! - value) < 1e-5, name));
    }
    trainer.dispose();
    assert.equal(tf.memory().numTensors, before, 'a trainer leaves no tensors behind');
  },
);
