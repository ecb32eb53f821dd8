// What a GPU is given, on a TensorFlow that graphs are known to run on: a graph whose first step is checked.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describe } from '../../src/network/describe';
import { networkByName } from '../../src/network/registry';
import { shapeBefore } from '../../src/network/stageShape';
import { openHead } from '../../src/train/heads/openHead';
import { CheckedTrainer } from '../../src/train/step/checkedTrainer';
import { GraphTrainer } from '../../src/train/step/graphTrainer';
import { openTrainer } from '../../src/train/step/openTrainer';
import type { StepTrainer, TrainerOptions } from '../../src/train/step/stepTrainer';
import { Trainer } from '../../src/train/step/trainer';
import type { TensorFlow } from '../../src/network/tensorflow/tensorflow';
import { near } from '../fixtures/nearValues';
import { regenerableTensor, regenerableWeights } from '../fixtures/regenerableWeights';
import { noTensorflow as skip, openTensorflow } from '../fixtures/tensorflowDevice';

const imageSize = 160;
const network = networkByName('inception_resnet_v1', { embeddingSize: 8 });
const cut = network.stages.length - 3;
const inputShape = shapeBefore(network, cut, imageSize);
const images = 6;
const { data: rows } = regenerableTensor('rows', [images, ...inputShape]);
const head = openHead(
  {
    ...{ head: 'softmax', labelSmoothing: 0, prelogitsNormLossFactor: 5e-4, prelogitsNormP: 1, centerLossFactor: 0 },
    ...{ centerLossAlfa: 0.95, alpha: 0.2, semiHard: false, peoplePerBatch: 3, imagesPerPerson: 3 },
  },
  { classes: 3, embeddingSize: 8 },
);
const options: TrainerOptions = {
  ...{ network, head, cut, imageSize, optimizer: 'ADAM', batchNorm: 'update', weightDecay: 0.01 },
  ...{ keepProbability: 0.8, movingAverageDecay: 0.9 },
  weights: regenerableWeights(describe(network, { head: head.stages, imageSize }).variables),
};

/** A trainer as on a GPU, and what it tells of steps without graphs. */
function opened(tf: TensorFlow): { trainer: StepTrainer; reasons: string[] } {
  const reasons: string[] = [];
  const onPlain = async (reason: string): Promise<void> => Promise.resolve(void reasons.push(reason));
  const trainer = openTrainer({ name: 'tfjs-node-gpu', gpu: true, tf }, options, inputShape, onPlain);
  return { trainer, reasons };
}

/** Everything that a trainer has learned after so many steps. */
async function learned(trainer: StepTrainer, steps: number): Promise<Map<string, Float32Array>> {
  for (let number = 1; number <= steps; number++) {
    const { made } = await trainer.step({
      ...{ rows: rows.slice(), labels: Int32Array.from({ length: images }, (_, i) => i % 3), number },
      ...{ dropoutSeed: 100 + number, learningRate: 0.01, wantsValues: false },
      within: async (attempt) => attempt(images),
    });
    assert.ok(made);
  }
  assert.deepEqual(
    (await trainer.measures()).map(({ step }) => step),
    Array.from({ length: steps }, (_, i) => i + 1),
  );
  const all = [...(await trainer.weights()), ...(await trainer.optimizerState())];
  return new Map(all.map(([name, { data }]) => [name, data]));
}

test('a graph that is checked learns what one that is not learns, and leaves nothing behind', { skip }, async () => {
  const { tf } = await openTensorflow();
  const before = tf.memory().numTensors;
  const { trainer, reasons } = opened(tf);
  assert.ok(trainer instanceof CheckedTrainer);
  const graph = new GraphTrainer(tf, options, inputShape);
  try {
    const [found, expected] = [await learned(trainer, 3), await learned(graph, 3)];
    assert.deepEqual(reasons, []);
    assert.ok(trainer.tensorBytes > tf.memory().numBytes, 'its variables are those of a graph');
    assert.deepEqual([...found.keys()].sort(), [...expected.keys()].sort());
    for (const [name, values] of expected) near(found.get(name)!, values, name);
  } finally {
    trainer.dispose();
    graph.dispose();
  }
  assert.equal(tf.memory().numTensors, before);
});

test('where a graph cannot be written the steps are made without one, from the first on', { skip }, async () => {
  const { tf } = await openTensorflow();
  const before = tf.memory().numTensors;
  const { trainer, reasons } = opened(tf);
  const backend = tf.backend() as unknown as { loadSavedModelMetaGraph: unknown };
  const { loadSavedModelMetaGraph: load } = backend;
  backend.loadSavedModelMetaGraph = () => {
    throw new Error('Session failed to create: no GPU kernel');
  };
  const plain = new Trainer(tf, options, inputShape);
  try {
    const [found, expected] = [await learned(trainer, 3), await learned(plain, 3)];
    assert.deepEqual(reasons, ['a graph fails here: Session failed to create: no GPU kernel']);
    for (const [name, values] of expected) near(found.get(name)!, values, name);
  } finally {
    backend.loadSavedModelMetaGraph = load;
    trainer.dispose();
    plain.dispose();
  }
  assert.equal(tf.memory().numTensors, before);
});
