// Steps of triplets on TensorFlow itself: full batches as a graph and what a round leaves aside, against all of them
// operation by operation.
import assert from 'node:assert/strict';
import { describe as suite, test } from 'node:test';
import type { StepMeasure } from '../../src/journal/measures';
import { type Ranks, sliceOfRank } from '../../src/mpi/ranks';
import { describe } from '../../src/network/describe';
import { networkByName } from '../../src/network/registry';
import { shapeBefore } from '../../src/network/stageShape';
import { openHead } from '../../src/train/heads/openHead';
import { StepExchange } from '../../src/train/step/exchange';
import { GraphTrainer } from '../../src/train/step/graphTrainer';
import type { StepOutcome, StepRequest, StepTrainer, TrainerOptions } from '../../src/train/step/stepTrainer';
import { Trainer } from '../../src/train/step/trainer';
import { near, nearStepValues } from '../fixtures/nearValues';
import { ranksInProcess } from '../fixtures/ranksInProcess';
import { regenerableTensor, regenerableWeights } from '../fixtures/regenerableWeights';
import { noTensorflow as skip, openTensorflow } from '../fixtures/tensorflowDevice';

const imageSize = 160;
const network = networkByName('inception_resnet_v1', { embeddingSize: 8 });
const cut = network.stages.length - 2;
const inputShape = shapeBefore(network, cut, imageSize);
/** Triplets of a full batch. */
const full = 4;
const { data: rows } = regenerableTensor('rows', [3 * full, ...inputShape]);
const rowLength = rows.length / 3 / full;
const head = openHead(
  {
    ...{ head: 'triplet', labelSmoothing: 0, prelogitsNormLossFactor: 0, prelogitsNormP: 1, centerLossFactor: 0 },
    ...{ centerLossAlfa: 0.95, alpha: 3, semiHard: false, peoplePerBatch: 3, imagesPerPerson: 3 },
  },
  { classes: 3, embeddingSize: 8 },
);
const weights = regenerableWeights(describe(network, { head: head.stages, imageSize }).variables);

type Kind = typeof Trainer | typeof GraphTrainer;

async function open(kind: Kind, options: Partial<TrainerOptions> = {}): Promise<StepTrainer> {
  const { tf } = await openTensorflow();
  const usual: TrainerOptions = {
    ...{ network, head, cut, imageSize, weights, optimizer: 'ADAM', batchNorm: 'update' },
    ...{ weightDecay: 0.01, keepProbability: 0.8, movingAverageDecay: 0.9 },
  };
  return new kind(tf, { ...usual, ...options }, inputShape);
}

/** A step with so many triplets, in passes of so many images. */
async function makeStep(
  trainer: StepTrainer,
  number: number,
  triplets: number,
  changes: Partial<StepRequest> = {},
  largest = 3 * full,
): Promise<StepOutcome> {
  const images = 3 * triplets;
  return trainer.step({
    ...{ rows: rows.slice(0, images * rowLength), labels: new Int32Array(images), isRest: triplets < full },
    ...{ dropoutSeed: 100 + number, learningRate: 0.01, number, wantsValues: false },
    within: async (attempt) => attempt(Math.min(largest, images)),
    ...changes,
  });
}

const learnedBy = async (trainer: StepTrainer): Promise<Map<string, Float32Array>> =>
  new Map([...(await trainer.weights()), ...(await trainer.optimizerState())].map(([name, { data }]) => [name, data]));

/** Whether it keeps variables in a graph. */
async function hasGraph(trainer: StepTrainer): Promise<boolean> {
  const { tf } = await openTensorflow();
  return trainer.tensorBytes > tf.memory().numBytes;
}

interface Learned {
  measures: StepMeasure[];
  learned: Map<string, Float32Array>;
}

/** Steps of these many triplets one after another. */
async function train(
  kind: Kind,
  steps: readonly number[],
  options: Partial<TrainerOptions> = {},
  largest?: number,
): Promise<Learned> {
  const { tf } = await openTensorflow();
  const { numTensors } = tf.memory();
  const trainer = await open(kind, options);
  for (const [index, triplets] of steps.entries())
    assert.ok((await makeStep(trainer, index + 1, triplets, {}, largest)).made);
  const found = { measures: await trainer.measures(), learned: await learnedBy(trainer) };
  trainer.dispose();
  assert.equal(tf.memory().numTensors, numTensors, `${kind.name} leaves tensors behind`);
  return found;
}

function allNear(actual: Learned, expected: Learned): void {
  assert.equal(actual.measures.length, expected.measures.length);
  for (const [index, { step, learningRate, loss, values, prelogits }] of expected.measures.entries()) {
    const other = actual.measures[index]!;
    assert.deepEqual([other.step, other.learningRate], [step, learningRate]);
    near([other.loss], [loss], `loss of step ${step}`);
    near(other.prelogits.data, prelogits.data, `prelogits of step ${step}`);
    assert.deepEqual(Object.keys(other.values).sort(), Object.keys(values).sort());
    for (const [name, value] of Object.entries(values)) near([other.values[name]!], [value], `${name} of step ${step}`);
  }
  assert.deepEqual([...actual.learned.keys()].sort(), [...expected.learned.keys()].sort());
  for (const [name, data] of expected.learned) near(actual.learned.get(name)!, data, name);
}

suite('what a round leaves is a step aside', { skip }, () => {
  for (const optimizer of ['ADAM', 'ADAGRAD', 'SGDW'] as const)
    test(`between steps of a graph, with ${optimizer}`, async () => {
      const steps = [full, full, 2, full, 1, full];
      allNear(await train(GraphTrainer, steps, { optimizer }), await train(Trainer, steps, { optimizer }));
    });

  test('as the first step, and where all are smaller', async () => {
    for (const steps of [
      [1, full, full],
      [2, 1, 3],
    ])
      // prettier-ignore
      allNear(await train(GraphTrainer, steps), await train(Trainer, steps));
  });

  test('in parts, as the steps of the graph', async () => {
    const [steps, options] = [[full, 3, full], { batchNorm: 'frozen' } as const];
    const parts = await train(GraphTrainer, steps, options, 6);
    allNear(parts, await train(Trainer, steps, options, 6));
  });

  test('where products are bfloat16 it is float32', async () => {
    const bfloat16 = { computation: { precision: 'bfloat16', xla: 'off' } } as const;
    allNear(await train(GraphTrainer, [2], bfloat16), await train(Trainer, [2]));
    const { measures } = await train(GraphTrainer, [full, 2, full], bfloat16);
    assert.equal(measures.length, 3);
  });

  test('no graph is written for it, and the one that is open stays', async () => {
    const trainer = await open(GraphTrainer);
    await makeStep(trainer, 1, 2);
    assert.equal(await hasGraph(trainer), false);
    await makeStep(trainer, 2, full);
    assert.equal(await hasGraph(trainer), true);
    await makeStep(trainer, 3, 2);
    assert.equal(await hasGraph(trainer), true);
    trainer.dispose();
  });

  test('a training that goes on before or after it makes the same steps, bit for bit', async () => {
    const steps = [full, full, 2, full, full];
    const straight = await train(GraphTrainer, steps);
    for (const made of [1, 2, 3, 4]) {
      const before = await open(GraphTrainer);
      for (let step = 0; step < made; step++) await makeStep(before, step + 1, steps[step]!);
      const saved = await learnedBy(before);
      const known = new Map([...weights, ...(await before.weights())]);
      before.dispose();
      const resumed = await open(GraphTrainer, { weights: known, averages: saved });
      resumed.restore(made, saved);
      for (let step = made; step < steps.length; step++) await makeStep(resumed, step + 1, steps[step]!);
      assert.deepEqual(await learnedBy(resumed), straight.learned, `resumed after ${made} steps`);
      resumed.dispose();
    }
  });

  test('one that is not finite is not made, says where, and leaves the graph as it is', async () => {
    const trainer = await open(GraphTrainer);
    await makeStep(trainer, 1, full);
    await trainer.measures();
    const before = await learnedBy(trainer);
    const broken = rows.slice(0, 6 * rowLength);
    broken[7] = NaN;
    const outcome = await makeStep(trainer, 2, 2, { rows: broken });
    assert.deepEqual(outcome, { made: false, broken: { place: { kind: 'input' } } });
    assert.deepEqual(await learnedBy(trainer), before);
    assert.deepEqual(await trainer.measures(), []);
    assert.ok((await makeStep(trainer, 2, full)).made);
    trainer.dispose();
  });

  test('it gives the values before it and its gradients', async () => {
    const found = [];
    for (const kind of [Trainer, GraphTrainer]) {
      const trainer = await open(kind);
      await makeStep(trainer, 1, full);
      const outcome = await makeStep(trainer, 2, 2, { wantsValues: true });
      assert.ok(outcome.made);
      found.push(outcome.values!);
      trainer.dispose();
    }
    nearStepValues(found[1]!, found[0]!);
  });

  /** What rank 0 of so many has learned from steps that they share; all learn the same to the bit. */
  async function shared(kind: Kind, steps: readonly number[], size: number): Promise<Learned> {
    const made = async (ranks: Ranks): Promise<Learned> => {
      const trainer = await open(kind, { exchange: new StepExchange(ranks) });
      for (const [index, triplets] of steps.entries()) {
        const { start, end } = sliceOfRank(triplets, ranks);
        // Who has no triplet of a step computes the first one, which does not count.
        const [first, last] = start < end ? [start, end] : [0, 1];
        const outcome = await makeStep(trainer, index + 1, last - first, {
          rows: rows.slice(3 * first * rowLength, 3 * last * rowLength),
          ...{ own: 3 * (end - start), isRest: triplets < full },
        });
        assert.ok(outcome.made);
      }
      const found = { measures: await trainer.measures(), learned: await learnedBy(trainer) };
      trainer.dispose();
      return found;
    };
    const all = await Promise.all(ranksInProcess(size).map(made));
    for (const { learned } of all) assert.deepEqual(learned, all[0]!.learned);
    return all[0]!;
  }

  test('ranks share it as the others', async () => {
    const steps = [full, 3, full, 1, full];
    allNear(await shared(GraphTrainer, steps, 2), await shared(Trainer, steps, 2));
  });
});
