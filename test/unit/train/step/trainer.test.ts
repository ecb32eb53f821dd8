import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { openWasm } from '../../../../src/engine/wasm/openWasm';
import { describe } from '../../../../src/network/describe';
import { networkByName } from '../../../../src/network/registry';
import type { Tensor } from '../../../../src/network/tensor';
import type { LossHead } from '../../../../src/train/heads/head';
import { softmaxHead } from '../../../../src/train/heads/softmax';
import type { TrainerOptions } from '../../../../src/train/step/stepTrainer';
import { Trainer } from '../../../../src/train/step/trainer';
import { regenerableTensor, regenerableWeights } from '../../../fixtures/regenerableWeights';

const network = networkByName('dlib_resnet', { embeddingSize: 6 });
const classes = 4;
const weights = new Map<string, Tensor>([
  ['Logits/weights', regenerableTensor('Logits/weights', [6, classes])],
  ['Logits/biases', regenerableTensor('Logits/biases', [classes])],
  ['centers', regenerableTensor('centers', [classes, 6])],
]);
const head = softmaxHead(
  { prelogitsNormLossFactor: 0.3, prelogitsNormP: 2, centerLossFactor: 0.7, centerLossAlfa: 0.9, labelSmoothing: 0 },
  { classes, embeddingSize: 6 },
);
const rows = regenerableTensor('rows', [9, 6]).data;
const labels = [0, 1, 2, 3, 0, 1, 2, 3, 0];

async function openTrainer(
  ofHead: LossHead,
  options: Partial<TrainerOptions> = {},
): Promise<{ trainer: Trainer; tensors: () => number }> {
  const tf = await openWasm();
  const before = tf.memory().numTensors;
  const trainer = new Trainer(
    tf,
    {
      ...{ network, head: ofHead, cut: network.stages.length, imageSize: 150, weights },
      ...{ optimizer: 'ADAGRAD', batchNorm: 'frozen', weightDecay: 0, keepProbability: 1 },
      ...options,
    },
    [6],
  );
  return { trainer, tensors: () => tf.memory().numTensors - before };
}

test('validation asks the same head as a step and changes nothing', async () => {
  const { trainer, tensors } = await openTrainer(head);
  const held = tensors();
  const validated = await trainer.validate(rows, labels);
  assert.equal(tensors(), held);
  trainer.update(trainer.gradients(rows, Int32Array.from(labels), 0), 0.1, 1);
  const [measured] = await trainer.measures();
  assert.ok(Math.abs(measured!.loss - validated.loss) < 1e-5);
  assert.deepEqual(Object.keys(validated.values).sort(), Object.keys(measured!.values).sort());
  for (const [name, value] of Object.entries(validated.values))
    assert.ok(Math.abs(measured!.values[name]! - value) < 1e-5, name);
  trainer.dispose();
  assert.equal(tensors(), 0);
});

test('validation is a mean over all images, in however many batches', async () => {
  const { trainer } = await openTrainer(head);
  const whole = await trainer.validate(rows, labels);
  const parts = [
    await trainer.validate(rows.subarray(0, 24), labels.slice(0, 4)),
    await trainer.validate(rows.subarray(24), labels.slice(4)),
  ] as const;
  assert.ok(Math.abs((4 * parts[0].loss + 5 * parts[1].loss) / 9 - whole.loss) < 1e-5);
  trainer.dispose();
});

test('every term of a head is in the loss and in the gradients, however many there are', async () => {
  const tf = await openWasm();
  const gradientOf = async (terms: number): Promise<{ loss: number; gradient: Float32Array }> => {
    const many: LossHead = {
      ...head,
      loss(_, input) {
        const { main, measures } = head.loss(tf, input);
        const kernel = input.variables.get('Logits/weights') as Tensor2D;
        return {
          main,
          measures,
          regularizers: Object.fromEntries(
            Array.from({ length: terms }, (__, term) => [`term ${term}`, tf.sum(kernel)]),
          ),
        };
      },
    };
    const { trainer } = await openTrainer(many);
    const step = trainer.gradients(rows, Int32Array.from(labels), 0);
    const gradient = (await trainer.values(step)).gradients.get('Logits/weights')!;
    trainer.update(step, 0.1, 1);
    const [{ loss }] = (await trainer.measures()) as [Awaited<ReturnType<Trainer['measures']>>[0]];
    trainer.dispose();
    return { loss, gradient };
  };
  const sum = weights.get('Logits/weights')!.data.reduce((total, value) => total + value, 0);
  const none = await gradientOf(0);
  for (const terms of [1, 2, 3, 5]) {
    const { loss, gradient } = await gradientOf(terms);
    assert.ok(Math.abs(loss - none.loss - terms * sum) < 1e-4, `${terms} terms: ${loss}`);
    gradient.forEach((value, i) => assert.ok(Math.abs(value - none.gradient[i]! - terms) < 1e-4));
  }
});

test('gradients change nothing before the update, and two machines that average them move as one', async () => {
  const tf = await openWasm();
  const whole = await openTrainer(head);
  const halves = await openTrainer(head);
  const one = (await whole.trainer.weights()).get('Logits/weights')!.data;
  // Equal halves of a batch of eight: the mean of their gradients is that of the batch.
  const eight = rows.subarray(0, 48);
  const all = whole.trainer.gradients(eight, Int32Array.from(labels.slice(0, 8)), 0);
  assert.deepEqual((await whole.trainer.weights()).get('Logits/weights')!.data, one);
  const [a, b] = [0, 4].map((from) =>
    halves.trainer.gradients(
      eight.subarray(6 * from, 6 * (from + 4)),
      Int32Array.from(labels.slice(from, from + 4)),
      0,
    ),
  );
  const mean = Object.fromEntries(
    Object.entries(a!.gradients).map(([name, gradient]) => [name, tf.mul(tf.add(gradient, b!.gradients[name]!), 0.5)]),
  );
  whole.trainer.update({ ...all, moves: {} }, 0.1, 1);
  halves.trainer.update({ ...a!, gradients: mean, moves: {} }, 0.1, 1);
  const [moved, together] = await Promise.all([whole.trainer.weights(), halves.trainer.weights()]);
  for (const name of ['Logits/weights', 'Logits/biases', 'centers'])
    moved.get(name)!.data.forEach((value, i) => assert.ok(Math.abs(value - together.get(name)!.data[i]!) < 1e-6, name));
  assert.notDeepEqual(moved.get('Logits/weights')!.data, one);
  for (const { trainer } of [whole, halves]) trainer.dispose();
});

test('decoupled weight decay is no part of loss and gradients, and takes from regularized weights alone', async () => {
  const rate = 0.1;
  const weightDecay = 0.2;
  // Weight decay in the loss counts those of the frozen stages too.
  const all = new Map([...regenerableWeights(describe(network).variables), ...weights]);
  const stepOf = async (optimizer: 'MOM' | 'SGDW', decay: number) => {
    const { trainer } = await openTrainer(head, { optimizer, weightDecay: decay, weights: all });
    const validated = await trainer.validate(rows, labels);
    const step = trainer.gradients(rows, Int32Array.from(labels), 0);
    const { gradients } = await trainer.values(step);
    trainer.update(step, rate, 1);
    const [{ loss, values }] = (await trainer.measures()) as [Awaited<ReturnType<Trainer['measures']>>[0]];
    const moved = await trainer.weights();
    trainer.dispose();
    return { validated, gradients, loss, values, moved };
  };
  const none = await stepOf('SGDW', 0);
  const decoupled = await stepOf('SGDW', weightDecay);
  const inLoss = await stepOf('MOM', weightDecay);
  assert.equal(decoupled.loss, none.loss);
  assert.deepEqual(decoupled.validated, none.validated);
  assert.deepEqual(decoupled.values, none.values);
  assert.ok(inLoss.values.regularization! > none.values.regularization! + 0.01);
  assert.deepEqual(decoupled.gradients, none.gradients);
  for (const [name, { data }] of decoupled.moved) {
    const decays = name === 'Logits/weights';
    const before = weights.get(name)!.data;
    data.forEach((value, i) => {
      const expected = none.moved.get(name)!.data[i]! - (decays ? rate * weightDecay * before[i]! : 0);
      assert.ok(Math.abs(value - expected) < 1e-6, `${name} ${i}: ${value} is not ${expected}`);
    });
  }
});

test("clipping is of all gradients together, the head's own too, between gradients and update", async () => {
  const rate = 0.5;
  const limit = 0.01;
  const before = new Map([...weights].map(([name, { data }]) => [name, Float32Array.from(data)]));
  const stepOf = async (clipGradientNorm: number) => {
    // The centres' own rule moves them apart from the optimizer, so it is left out here.
    const still = softmaxHead(
      { prelogitsNormLossFactor: 0, prelogitsNormP: 2, centerLossFactor: 0.7, centerLossAlfa: 1, labelSmoothing: 0 },
      { classes, embeddingSize: 6 },
    );
    const { trainer, tensors } = await openTrainer(still, { optimizer: 'SGDW', clipGradientNorm });
    const step = trainer.gradients(rows, Int32Array.from(labels), 0);
    const { gradients } = await trainer.values(step);
    trainer.update(step, rate, 1);
    const [{ values }] = (await trainer.measures()) as [Awaited<ReturnType<Trainer['measures']>>[0]];
    const moved = await trainer.weights();
    trainer.dispose();
    assert.equal(tensors(), 0);
    return { gradients, values, moved };
  };
  const free = await stepOf(0);
  const clipped = await stepOf(limit);
  const norm = Math.hypot(...[...free.gradients.values()].flatMap((values) => [...values]));
  assert.deepEqual([...free.gradients.keys()].sort(), ['Logits/biases', 'Logits/weights', 'centers']);
  assert.ok(!('gradientNorm' in free.values));
  assert.ok(norm > limit && Math.abs(clipped.values.gradientNorm! - norm) < 1e-5, `${clipped.values.gradientNorm}`);
  for (const [name, { data }] of clipped.moved) {
    data.forEach((value, i) => {
      const start = before.get(name)![i]!;
      const whole = free.moved.get(name)!.data[i]! - start;
      assert.ok(Math.abs(value - start - (whole * limit) / norm) < 1e-6, `${name} ${i}`);
    });
  }
});
