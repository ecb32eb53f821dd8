import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { openWasm } from '../../../../src/engine/wasm/openWasm';
import { describe } from '../../../../src/network/describe';
import { networkByName } from '../../../../src/network/registry';
import { shapeBefore } from '../../../../src/network/stageShape';
import type { Tensor } from '../../../../src/network/tensor';
import type { LossHead } from '../../../../src/train/heads/head';
import { softmaxHead } from '../../../../src/train/heads/softmax';
import type { Broken } from '../../../../src/train/step/diagnosis';
import { disposeStep } from '../../../../src/train/step/stepGradients';
import type { TrainerOptions } from '../../../../src/train/step/stepTrainer';
import { Trainer } from '../../../../src/train/step/trainer';
import { firstValue } from '../../../../src/train/heads/head';
import { regenerableTensor, regenerableWeights } from '../../../fixtures/regenerableWeights';

const imageSize = 160;
const network = networkByName('inception_resnet_v1', { embeddingSize: 8 });
const bottleneck = network.stages.length - 1;
const labels = Int32Array.of(0, 1, 2, 0, 1, 2);
const inputShape = shapeBefore(network, bottleneck, imageSize);
const { data: rows } = regenerableTensor('rows', [labels.length, ...inputShape]);
const settings = { prelogitsNormLossFactor: 0.1, prelogitsNormP: 2, centerLossFactor: 0.1, centerLossAlfa: 0.9 };
const head = softmaxHead({ ...settings, labelSmoothing: 0 }, { classes: 3, embeddingSize: 8 });
const kernel = 'Logits/weights';
const bottleneckWeights = 'InceptionResnetV1/Bottleneck/weights';

interface Case {
  head?: LossHead;
  options?: Partial<TrainerOptions>;
  batch?: Float32Array;
  /** Makes some weights what no weights are. */
  weights?: Readonly<Record<string, number>>;
}

/** Whether a step is finite, and what is found of it; in one pass and in several it has to be the same. */
async function look({ head: ofHead = head, options, batch = rows, weights: set = {} }: Case): Promise<{
  finite: boolean;
  broken: Broken | undefined;
}> {
  const tf = await openWasm();
  const weights = new Map<string, Tensor>(
    regenerableWeights(describe(network, { head: ofHead.stages, imageSize }).variables),
  );
  for (const variable of ofHead.ownVariables) weights.set(variable.name, firstValue(variable));
  for (const [name, value] of Object.entries(set)) {
    const { shape, data } = weights.get(name)!;
    weights.set(name, { shape, data: Float32Array.from(data, (old, i) => (i === 1 ? value : old)) });
  }
  const before = tf.memory().numTensors;
  const trainer = new Trainer(
    tf,
    {
      ...{ network, head: ofHead, cut: bottleneck, imageSize, weights, optimizer: 'MOM', batchNorm: 'frozen' },
      ...{ weightDecay: 0.1, keepProbability: 1, ...options },
    },
    inputShape,
  );
  const held = tf.memory().numTensors;
  const looks = [];
  for (const largest of [labels.length, 2]) {
    const step = trainer.gradients(batch, labels, 1, largest);
    const finite = await trainer.isFinite(step);
    looks.push({ finite, broken: await trainer.diagnose(step, batch, labels, 1, largest) });
    disposeStep(step);
    assert.equal(tf.memory().numTensors, held, 'nothing is left behind');
  }
  trainer.dispose();
  assert.equal(tf.memory().numTensors, before);
  assert.deepEqual(looks[1], looks[0]);
  return looks[0]!;
}

/** The head with something added to its loss. */
const plus = (
  add: (logits: Tensor2D, tf: Awaited<ReturnType<typeof openWasm>>) => ReturnType<LossHead['loss']>['main'],
): LossHead => ({
  ...head,
  loss(tf, input) {
    const loss = head.loss(tf, input);
    const more = add(input.variables.get(kernel) as Tensor2D, tf);
    return { ...loss, regularizers: { ...loss.regularizers, 'added term': more } };
  },
});

test('a step of numbers is finite, and nothing is found', async () => {
  assert.deepEqual(await look({}), { finite: true, broken: undefined });
});

test('images that are no numbers', async () => {
  const batch = Float32Array.from(rows);
  batch[batch.length - 1] = NaN;
  assert.deepEqual(await look({ batch }), { finite: false, broken: { place: { kind: 'input' } } });
});

test('weights that are no numbers, also frozen ones that are computed no more', async () => {
  const stage = network.stages[0]!.name;
  const frozen = describe(network, { imageSize }).stages[0]!.variables[0]!.name;
  for (const [variable, of] of [
    [bottleneckWeights, 'Bottleneck'],
    [frozen, stage],
  ] as const) {
    const { finite, broken } = await look({ weights: { [variable]: Infinity } });
    assert.equal(finite, false);
    assert.deepEqual(broken!.place, { kind: 'weights', stage: of, variable });
  }
});

test('the stage whose result overflows first, with the term of the loss', async () => {
  const { finite, broken } = await look({
    weights: { [bottleneckWeights]: 3e38, 'InceptionResnetV1/Bottleneck/BatchNorm/moving_variance': 1e-9 },
    batch: rows.map((value) => 1e3 * value),
  });
  assert.equal(finite, false);
  assert.deepEqual(broken, { term: 'cross entropy', place: { kind: 'result', stage: 'Bottleneck' } });
  const logits = await look({ weights: { [kernel]: 3e38 }, batch: rows.map((value) => 1e4 * value) });
  assert.deepEqual(logits.broken, { term: 'cross entropy', place: { kind: 'result', stage: 'Logits' } });
});

test('one term alone', async () => {
  const { finite, broken } = await look({ head: plus((weights, tf) => tf.add(tf.mul(tf.sum(weights), 0), Infinity)) });
  assert.deepEqual([finite, broken], [false, { term: 'added term' }]);
  const decay = await look({ weights: { [kernel]: 1e25 }, options: { weightDecay: 0.1 }, batch: rows.map(() => 0) });
  assert.deepEqual([decay.finite, decay.broken], [false, { term: 'weight decay' }]);
});

test('a gradient of one stage, of a loss that is a number', async () => {
  // √x has no slope at 0.
  const { finite, broken } = await look({ head: plus((weights, tf) => tf.sum(tf.sqrt(tf.mul(weights, 0)))) });
  assert.deepEqual([finite, broken], [false, { place: { kind: 'gradient', stage: 'Logits', variable: kernel } }]);
});

test('of several gradients the one that is nearest to the loss', async () => {
  const { finite, broken } = await look({
    head: {
      ...head,
      loss(tf, input) {
        const loss = head.loss(tf, input);
        const slopeless = (tensor: Tensor2D) => tf.sum(tf.sqrt(tf.mul(tensor, 0)));
        const more = tf.add(slopeless(input.prelogits), slopeless(input.variables.get(kernel) as Tensor2D));
        return { ...loss, regularizers: { ...loss.regularizers, 'added term': more as never } };
      },
    },
  });
  assert.deepEqual([finite, broken], [false, { place: { kind: 'gradient', stage: 'Logits', variable: kernel } }]);
});

test('numbers whose sum alone overflows are numbers', async () => {
  const { finite, broken } = await look({
    head: plus((weights, tf) => {
      const slopes = Float32Array.from({ length: weights.size }, (_, i) => (i < 2 ? 3e38 : 0));
      return tf.sum(tf.mul(weights, tf.tensor(slopes, weights.shape)));
    }),
  });
  assert.deepEqual([finite, broken], [false, undefined]);
});
