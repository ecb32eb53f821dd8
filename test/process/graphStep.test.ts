// A step that is one call of a graph against the same step operation by operation, on TensorFlow itself.
import assert from 'node:assert/strict';
import { describe as suite, test } from 'node:test';
import { describe } from '../../src/network/describe';
import { sliceOfRank } from '../../src/mpi/ranks';
import { networkByName } from '../../src/network/registry';
import { shapeBefore } from '../../src/network/stageShape';
import type { Tensor } from '../../src/network/tensor';
import { type HeadName, headNames } from '../../src/protocol/settings/headDefaults';
import { firstValue } from '../../src/train/heads/head';
import { openHead } from '../../src/train/heads/openHead';
import { StepExchange } from '../../src/train/step/exchange';
import { GraphTrainer } from '../../src/train/step/graphTrainer';
import type { StepOutcome, StepTrainer, TrainerOptions } from '../../src/train/step/stepTrainer';
import { Trainer } from '../../src/train/step/trainer';
import { near, nearStepValues } from '../fixtures/nearValues';
import { ranksInProcess } from '../fixtures/ranksInProcess';
import { regenerableTensor, regenerableWeights } from '../fixtures/regenerableWeights';
import { noTensorflow as skip, openTensorflow } from '../fixtures/tensorflowDevice';

const imageSize = 160;
const network = networkByName('inception_resnet_v1', { embeddingSize: 8 });
const bottleneck = network.stages.length - 1;
const classes = 5;
const labels = Int32Array.of(0, 0, 1, 2, 2, 3, 1, 1, 4);
/** Rows before a stage. */
const rowsOf = new Map(
  [bottleneck - 1, bottleneck].map((cut) => {
    const shape = shapeBefore(network, cut, imageSize);
    return [cut, { shape, rows: regenerableTensor('rows', [labels.length, ...shape]).data }];
  }),
);

interface Case {
  head: HeadName;
  options?: Partial<TrainerOptions>;
  largest?: number;
}

const cutOf = ({ options }: Case): number => options?.cut ?? bottleneck;

async function openWithWeights(
  kind: typeof Trainer | typeof GraphTrainer,
  example: Case,
): Promise<{ trainer: StepTrainer; weights: Map<string, Tensor> }> {
  const { head, options = {} } = example;
  const { tf } = await openTensorflow();
  const lossHead = openHead(
    {
      ...{ head, labelSmoothing: 0.1, prelogitsNormLossFactor: 0.2, prelogitsNormP: 1.5, centerLossFactor: 0.3 },
      ...{ centerLossAlfa: 0.9, alpha: 3, semiHard: false, peoplePerBatch: 3, imagesPerPerson: 3 },
      ...(head !== 'softmax' && head !== 'triplet' && { marginScale: 8 }),
    },
    { classes, embeddingSize: 8 },
  );
  const { variables } = describe(network, { head: lossHead.stages, imageSize });
  const weights = new Map<string, Tensor>(regenerableWeights(variables));
  for (const variable of lossHead.ownVariables) weights.set(variable.name, firstValue(variable));
  const trainer = new kind(
    tf,
    {
      ...{ network, head: lossHead, cut: bottleneck, imageSize, weights, optimizer: 'ADAM', batchNorm: 'update' },
      ...{ weightDecay: 0.01, keepProbability: 1, ...options },
    },
    rowsOf.get(cutOf(example))!.shape,
  );
  return { trainer, weights };
}

async function open(kind: typeof Trainer | typeof GraphTrainer, example: Case): Promise<StepTrainer> {
  return (await openWithWeights(kind, example)).trainer;
}

async function makeStep(trainer: StepTrainer, step: number, example: Case, wantsValues = false): Promise<StepOutcome> {
  const { rows } = rowsOf.get(cutOf(example))!;
  const { largest } = example;
  return trainer.step({
    ...{ rows, labels, dropoutSeed: 100 + step, learningRate: 0.01, number: step, wantsValues },
    within: async (attempt) => attempt(largest ?? labels.length),
  });
}

async function train(kind: typeof Trainer | typeof GraphTrainer, example: Case, steps = 3) {
  const { tf } = await openTensorflow();
  const before = tf.memory().numTensors;
  const trainer = await open(kind, example);
  for (let step = 1; step <= steps; step++) assert.ok((await makeStep(trainer, step, example)).made);
  const measures = await trainer.measures();
  const learned = new Map([...(await trainer.weights()), ...(await trainer.optimizerState())]);
  const validation = await trainer.validate(regenerableTensor('prelogits', [6, 8]).data, [0, 1, 1, 2, 3, 4]);
  trainer.dispose();
  assert.equal(tf.memory().numTensors, before, `${kind.name} leaves tensors behind`);
  return { measures, learned, validation };
}

async function same(example: Case): Promise<void> {
  const [eager, graph] = [await train(Trainer, example), await train(GraphTrainer, example)];
  assert.equal(graph.measures.length, eager.measures.length);
  for (const [index, { step, learningRate, loss, values, prelogits }] of eager.measures.entries()) {
    const other = graph.measures[index]!;
    assert.deepEqual([other.step, other.learningRate], [step, learningRate]);
    near([other.loss], [loss], 'loss');
    near(other.prelogits.data, prelogits.data, 'prelogits');
    assert.deepEqual(Object.keys(other.values).sort(), Object.keys(values).sort());
    for (const [name, value] of Object.entries(values)) near([other.values[name]!], [value], name);
  }
  assert.deepEqual([...graph.learned.keys()].sort(), [...eager.learned.keys()].sort());
  for (const [name, { shape, data }] of eager.learned) {
    assert.deepEqual(graph.learned.get(name)!.shape, shape, name);
    near(graph.learned.get(name)!.data, data, name);
  }
  near([graph.validation.loss], [eager.validation.loss], 'validation');
  assert.deepEqual(graph.validation.taken, eager.validation.taken);
}

suite('a step as a graph is the step', { skip }, () => {
  for (const head of headNames) test(`head ${head}`, async () => same({ head }));

  for (const optimizer of ['ADAGRAD', 'ADADELTA', 'RMSPROP', 'MOM', 'ADAMW', 'SGDW'] as const)
    test(`optimizer ${optimizer}, with rates and averages of variables`, async () =>
      same({
        head: 'softmax',
        options: {
          optimizer,
          movingAverageDecay: 0.9,
          rateFactors: new Map([['Logits/weights', 0.3], ['centers', 0.5]]), // prettier-ignore
        },
      }));

  test('dropout, frozen statistics, bounded gradients', async () =>
    same({
      head: 'softmax',
      options: { keepProbability: 0.7, batchNorm: 'frozen', clipGradientNorm: 0.1, cut: bottleneck - 1 },
    }));

  test('many small variables, of which some have a rate of their own', async () =>
    same({
      head: 'softmax',
      options: {
        ...{ cut: bottleneck - 1, movingAverageDecay: 0.9 },
        rateFactors: new Map([['InceptionResnetV1/Block8/Branch_0/Conv2d_1x1/BatchNorm/beta', 0.1]]),
      },
    }));

  test('statistics that follow the batches where all else is frozen', async () =>
    same({ head: 'softmax', options: { cut: bottleneck - 1, trainedFrom: bottleneck } }));

  test('in micro-batches', async () => same({ head: 'softmax', largest: 4, options: { batchNorm: 'frozen' } }));

  test('the graph has copies of what it is fed', async () => {
    const example: Case = { head: 'softmax' };
    const step = async (afterwards: (fed: readonly Float32Array[]) => void) => {
      const { rows } = rowsOf.get(bottleneck)!;
      const own = rows.slice();
      const { weights, trainer } = await openWithWeights(GraphTrainer, example);
      for (const number of [1, 2]) {
        const outcome = await trainer.step({
          ...{ rows: own, labels, dropoutSeed: 1, learningRate: 0.01, number, wantsValues: false },
          within: async (attempt) => attempt(labels.length),
        });
        assert.ok(outcome.made);
        afterwards([...weights.values()].map(({ data }) => data));
      }
      const learned = await trainer.weights();
      trainer.dispose();
      return learned;
    };
    const undisturbed = await step(() => undefined);
    assert.deepEqual(await step((fed) => fed.forEach((values) => values.fill(NaN))), undisturbed);
  });

  test('one that is not finite is not made, and says where', async () => {
    const example: Case = { head: 'softmax', options: { movingAverageDecay: 0.9 } };
    const trainer = await open(GraphTrainer, example);
    await makeStep(trainer, 1, example);
    await trainer.measures();
    const before = new Map([...(await trainer.weights()), ...(await trainer.optimizerState())]);
    const broken = rowsOf.get(bottleneck)!.rows.slice();
    broken[7] = NaN;
    const outcome = await trainer.step({
      ...{ rows: broken, labels, dropoutSeed: 1, learningRate: 0.01, number: 2, wantsValues: false },
      within: async (attempt) => attempt(labels.length),
    });
    assert.deepEqual(outcome, {
      made: false,
      broken: { place: { kind: 'input' } },
    });
    assert.deepEqual(new Map([...(await trainer.weights()), ...(await trainer.optimizerState())]), before);
    assert.deepEqual(await trainer.measures(), []);
    trainer.dispose();
  });

  /** Three steps whose images are shared by so many ranks, and what rank 0 has of them; all learn the same to the bit. */
  async function shared(kind: typeof Trainer | typeof GraphTrainer, example: Case, size: number) {
    const { tf } = await openTensorflow();
    const tensors = tf.memory().numTensors;
    const all = await Promise.all(
      ranksInProcess(size).map(async (ranks) => {
        const exchange = new StepExchange(ranks);
        const trainer = await open(kind, { ...example, options: { ...example.options, exchange } });
        const { shape, rows } = rowsOf.get(cutOf(example))!;
        const { start, end } = sliceOfRank(labels.length, ranks);
        const length = shape.reduce((product, one) => product * one, 1);
        for (let step = 1; step <= 3; step++) {
          const outcome = await trainer.step({
            rows: rows.slice(start * length, end * length),
            labels: labels.slice(start, end),
            ...{ dropoutSeed: 100 + step, learningRate: 0.01, number: step, wantsValues: false },
            wantsStop: step === 3 && ranks.rank === size - 1,
            within: async (attempt) => attempt(end - start),
          });
          assert.ok(outcome.made);
        }
        assert.ok(exchange.stopAgreed, 'a stop of one is known to all');
        const measures = await trainer.measures();
        const learned = new Map([...(await trainer.weights()), ...(await trainer.optimizerState())]);
        trainer.dispose();
        return { measures, learned };
      }),
    );
    for (const { learned } of all) assert.deepEqual(learned, all[0]!.learned);
    assert.equal(tf.memory().numTensors, tensors);
    return all[0]!;
  }

  test('two calls with an exchange between them are one call', async () => {
    const example: Case = { head: 'softmax', options: { batchNorm: 'frozen', movingAverageDecay: 0.9 } };
    const one = await train(GraphTrainer, example);
    const two = await shared(GraphTrainer, example, 1);
    for (const [name, { data }] of one.learned) near(two.learned.get(name)!.data, data, name);
    for (const [index, { loss, prelogits }] of one.measures.entries()) {
      near([two.measures[index]!.loss], [loss], 'loss');
      near(two.measures[index]!.prelogits.data, prelogits.data, 'prelogits');
    }
  });

  for (const head of ['softmax', 'adaface'] as const)
    test(`ranks share the step of ${head} as they do operation by operation`, async () => {
      const example: Case = { head, options: { clipGradientNorm: 0.1 } };
      const [eager, graph] = [await shared(Trainer, example, 2), await shared(GraphTrainer, example, 2)];
      for (const [name, { data }] of eager.learned) near(graph.learned.get(name)!.data, data, name);
      for (const [index, { values }] of eager.measures.entries())
        for (const [name, value] of Object.entries(values)) near([graph.measures[index]!.values[name]!], [value], name);
    });

  test('ranks make no step that is not finite on one of them', async () => {
    const outcomes = await Promise.all(
      ranksInProcess(2).map(async (ranks) => {
        const example: Case = { head: 'softmax', options: { exchange: new StepExchange(ranks) } };
        const trainer = await open(GraphTrainer, example);
        const rows = rowsOf.get(bottleneck)!.rows.slice();
        if (ranks.rank === 1) rows[7] = NaN;
        const before = await trainer.weights();
        const outcome = await trainer.step({
          ...{ rows, labels, dropoutSeed: 1, learningRate: 0.01, number: 1, wantsValues: false },
          within: async (attempt) => attempt(labels.length),
        });
        assert.deepEqual(await trainer.weights(), before);
        trainer.dispose();
        return outcome;
      }),
    );
    assert.ok(outcomes.every(({ made }) => !made));
    assert.deepEqual(outcomes[1], { made: false, broken: { place: { kind: 'input' } } });
  });

  test('products in bfloat16 give the step of float32 to two of its digits', async () => {
    const plain: Case = { head: 'softmax', options: { cut: bottleneck - 1 } };
    const found = [];
    for (const precision of ['float32', 'bfloat16'] as const) {
      const trainer = await open(GraphTrainer, {
        ...plain,
        options: { ...plain.options, computation: { precision, xla: 'off' } },
      });
      const outcome = await makeStep(trainer, 1, plain, true);
      assert.ok(outcome.made);
      const [measures] = await trainer.measures();
      found.push({ loss: measures!.loss, prelogits: measures!.prelogits.data, gradients: outcome.values!.gradients });
      trainer.dispose();
    }
    const [float32, bfloat16] = found as [(typeof found)[0], (typeof found)[0]];
    near([bfloat16.loss], [float32.loss], 'loss', 0.02);
    assert.notDeepEqual(bfloat16.prelogits, float32.prelogits, 'it is another precision');
    const length = (values: Float32Array): number => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
    for (const [name, gradient] of float32.gradients) {
      const other = bfloat16.gradients.get(name)!;
      assert.ok(other.every(Number.isFinite), name);
      const apart = length(gradient.map((value, index) => value - other[index]!));
      assert.ok(apart <= 0.1 * length(gradient), `${name}: ${apart} of ${length(gradient)}`);
    }
  });

  test('values before it and gradients are those of the step', async () => {
    const example: Case = { head: 'softmax' };
    const found = [];
    for (const kind of [Trainer, GraphTrainer]) {
      const trainer = await open(kind, example);
      await makeStep(trainer, 1, example);
      const outcome = await makeStep(trainer, 2, example, true);
      assert.ok(outcome.made);
      found.push(outcome.values!);
      trainer.dispose();
    }
    nearStepValues(found[1]!, found[0]!);
  });
});
