import assert from 'node:assert/strict';
import { describe as suite, test } from 'node:test';
import { OutOfMemoryError } from '../../../../src/engine/outOfMemory';
import { openWasm } from '../../../../src/engine/wasm/openWasm';
import { describe } from '../../../../src/network/describe';
import { networkByName } from '../../../../src/network/registry';
import { shapeBefore } from '../../../../src/network/stageShape';
import type { Tensor } from '../../../../src/network/tensor';
import { headNames, type HeadName } from '../../../../src/protocol/settings/headDefaults';
import { firstValue } from '../../../../src/train/heads/head';
import { openHead } from '../../../../src/train/heads/openHead';
import { halved, slicesOf } from '../../../../src/train/step/microBatches';
import type { TrainerOptions } from '../../../../src/train/step/stepTrainer';
import { Trainer } from '../../../../src/train/step/trainer';
import { optimizerSchema } from '../../../../src/protocol/settings/phaseSettings';
import { regenerableTensor, regenerableWeights } from '../../../fixtures/regenerableWeights';

test('slices are as few and as even as can be, and whole triplets', () => {
  const sizes = (...of: Parameters<typeof slicesOf>): number[] => slicesOf(...of).map(({ start, end }) => end - start);
  assert.deepEqual(sizes(90, 90), [90]);
  assert.deepEqual(sizes(90, 200), [90]);
  assert.deepEqual(sizes(90, 45), [45, 45]);
  assert.deepEqual(sizes(10, 4), [3, 3, 4]);
  assert.deepEqual(sizes(91, 45), [30, 30, 31]);
  assert.deepEqual(sizes(3, 1), [1, 1, 1]);
  assert.deepEqual(sizes(21, 10, 3), [6, 6, 9]);
  assert.deepEqual(sizes(6, 1, 3), [3, 3]);
  assert.deepEqual(slicesOf(7, 4), [
    { start: 0, end: 3 },
    { start: 3, end: 7 },
  ]);
});

test('a micro-batch is halved down to one image, or one triplet', () => {
  assert.deepEqual(
    [90, 45, 23, 3, 2].map((images) => halved(images)),
    [45, 23, 12, 2, 1],
  );
  assert.equal(halved(1), undefined);
  assert.deepEqual([halved(90, 3), halved(9, 3), halved(6, 3), halved(3, 3)], [45, 6, 3, undefined]);
});

const imageSize = 160;
const network = networkByName('inception_resnet_v1', { embeddingSize: 8 });
const bottleneck = network.stages.length - 1;
const classes = 5;
const labels = Int32Array.of(0, 0, 1, 2, 2, 3, 1, 1, 4);
const inputShape = shapeBefore(network, bottleneck, imageSize);
const rows = regenerableTensor('rows', [labels.length, ...inputShape]).data;

async function open(head: HeadName, options: Partial<TrainerOptions> = {}) {
  const tf = await openWasm();
  const lossHead = openHead(
    {
      ...{ head, labelSmoothing: 0.1, prelogitsNormLossFactor: 0.2, prelogitsNormP: 1, centerLossFactor: 0.3 },
      ...{ centerLossAlfa: 0.9, alpha: 3, semiHard: false, peoplePerBatch: 3, imagesPerPerson: 3 },
      ...(head !== 'softmax' && head !== 'triplet' && { marginScale: 8 }),
    },
    { classes, embeddingSize: 8 },
  );
  const { variables } = describe(network, { head: lossHead.stages, imageSize });
  const weights = new Map<string, Tensor>(regenerableWeights(variables));
  for (const variable of lossHead.ownVariables) weights.set(variable.name, firstValue(variable));
  const before = tf.memory().numTensors;
  const trainer = new Trainer(
    tf,
    {
      ...{ network, head: lossHead, cut: bottleneck, imageSize, weights, optimizer: 'SGDW', batchNorm: 'frozen' },
      ...{ weightDecay: 0.01, keepProbability: 1, ...options },
    },
    inputShape,
  );
  return { tf, trainer, tensors: () => tf.memory().numTensors - before };
}

/** Three steps; what was measured, and what was learned. */
async function train(head: HeadName, largest: number | undefined, options: Partial<TrainerOptions> = {}) {
  // AdamW divides by the root of squares that may be as small as rounding: its steps are compared where they are small.
  const rate = options.optimizer === 'ADAMW' ? 1e-5 : 0.05;
  const { trainer, tensors } = await open(head, options);
  const held = tensors();
  for (let step = 1; step <= 3; step++) trainer.update(trainer.gradients(rows, labels, step, largest), rate, step);
  const measures = await trainer.measures();
  assert.equal(tensors(), held, 'nothing is left behind');
  const learned = new Map([...(await trainer.weights()), ...(await trainer.optimizerState())]);
  trainer.dispose();
  return { measures, learned };
}

function near(actual: ArrayLike<number>, expected: ArrayLike<number>, what: string, tolerance = 1e-6): void {
  assert.equal(actual.length, expected.length, what);
  for (let i = 0; i < expected.length; i++) {
    const scale = Math.max(1, Math.abs(expected[i]!));
    assert.ok(Math.abs(actual[i]! - expected[i]!) <= tolerance * scale, `${what}: ${actual[i]} is not ${expected[i]}`);
  }
}

async function sameAsWhole(head: HeadName, largest: number, options: Partial<TrainerOptions> = {}): Promise<void> {
  const [whole, parts] = [await train(head, undefined, options), await train(head, largest, options)];
  for (const [index, { loss, values, prelogits }] of whole.measures.entries()) {
    const other = parts.measures[index]!;
    near([other.loss], [loss], 'loss', 3e-6);
    near(other.prelogits.data, prelogits.data, 'prelogits', 3e-6);
    assert.deepEqual(Object.keys(other.values).sort(), Object.keys(values).sort());
    for (const [name, value] of Object.entries(values)) near([other.values[name]!], [value], name, 3e-6);
  }
  for (const [name, { data }] of whole.learned) near(parts.learned.get(name)!.data, data, name);
}

suite('gradients that are added up are those of the whole batch', () => {
  for (const head of headNames)
    for (const largest of [3, 4]) test(`${head}, ${largest} images of 9 at a time`, () => sameAsWhole(head, largest));
  for (const optimizer of optimizerSchema.options)
    test(`softmax, ${optimizer}`, () => sameAsWhole('softmax', 4, { optimizer, clipGradientNorm: 0.5 }));
});

test('with moving statistics, each part is normalised by its own; they move once, by the mean of the parts', async () => {
  const { trainer } = await open('softmax', { batchNorm: 'update' });
  const step = trainer.gradients(rows, labels, 1, 5);
  const per = inputShape.reduce((product, size) => product * size, 1);
  const parts = [
    [0, 4],
    [4, 9],
  ].map(([from, to]) => trainer.gradients(rows.subarray(from! * per, to! * per), labels.subarray(from, to), 1));
  const names = Object.keys(step.statistics);
  assert.ok(names.length > 0);
  for (const name of names) {
    const [a, b] = await Promise.all(parts.map(async (part) => part.statistics[name]!.data()));
    near(
      await step.statistics[name]!.data(),
      Array.from(a!, (value, i) => (4 * value + 5 * b![i]!) / 9),
      name,
      1e-5,
    );
  }
  for (const one of [step, ...parts]) trainer.update(one, 0.1, 1);
  trainer.dispose();
});

test('an allocation that fails leaves nothing behind, wherever it does', async () => {
  const { trainer, tensors, tf } = await open('softmax', { batchNorm: 'update' });
  const expected = await trainer.values(trainer.gradients(rows, labels, 1, 4));
  const held = tensors();
  const { wasm } = tf.backend() as unknown as { wasm: { _malloc: (bytes: number) => number } };
  const allocate = wasm._malloc;
  let failures = 0;
  for (let fails = 0; ; fails += 7) {
    let left = fails;
    wasm._malloc = (bytes) => {
      if (left-- === 0) throw new OutOfMemoryError('injected');
      return allocate(bytes);
    };
    try {
      const step = trainer.gradients(rows, labels, 1, 4);
      wasm._malloc = allocate;
      const { gradients } = await trainer.values(step);
      for (const [name, values] of expected.gradients) assert.deepEqual(gradients.get(name), values, name);
      trainer.update(step, 0, 1);
      break;
    } catch (error) {
      wasm._malloc = allocate;
      assert.ok(error instanceof OutOfMemoryError, String(error));
      assert.equal(tensors(), held, `after allocation ${fails}`);
      failures++;
    } finally {
      wasm._malloc = allocate;
    }
  }
  assert.ok(failures > 10, `${failures}`);
  trainer.dispose();
});
