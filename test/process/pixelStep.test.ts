// Steps that are given pixels as bytes against the same steps given what they are standardised to, on TensorFlow itself.
import assert from 'node:assert/strict';
import { describe as suite, test } from 'node:test';
import { type BatchRows, standardizeEach } from '../../src/input/pixels';
import { describe } from '../../src/network/describe';
import { type Network, stage } from '../../src/network/network';
import { networkByName } from '../../src/network/registry';
import type { Standardization } from '../../src/protocol/recipe';
import { openHead } from '../../src/train/heads/openHead';
import { GraphTrainer } from '../../src/train/step/graphTrainer';
import { Trainer } from '../../src/train/step/trainer';
import { regenerableWeights } from '../fixtures/regenerableWeights';
import { noTensorflow as skip, openTensorflow } from '../fixtures/tensorflowDevice';

const classes = 3;
const labels = Int32Array.of(0, 1, 2, 0, 1);

/** A convolution and a matrix product, on images of any size. */
const network: Network = {
  ...networkByName('squeezenet', { embeddingSize: 4 }),
  stages: [
    stage('conv', (o, x) => o.relu(o.conv2d(x, 5, 3, 'conv'))),
    stage('Bottleneck', (o, x) => o.fullyConnected(o.globalAveragePool(x), 4, 'Bottleneck')),
  ],
};

async function trained(
  kind: typeof Trainer | typeof GraphTrainer,
  imageSize: number,
  rows: BatchRows,
  pixels: Standardization | undefined,
) {
  const { tf } = await openTensorflow();
  const head = openHead(
    {
      ...{ head: 'softmax', labelSmoothing: 0, prelogitsNormLossFactor: 0, prelogitsNormP: 1, centerLossFactor: 0 },
      ...{ centerLossAlfa: 0.9, alpha: 0.2, semiHard: false, peoplePerBatch: 3, imagesPerPerson: 3 },
    },
    { classes, embeddingSize: 4 },
  );
  const weights = new Map(regenerableWeights(describe(network, { head: head.stages, imageSize }).variables));
  const trainer = new kind(
    tf,
    {
      ...{ network, head, cut: 0, imageSize, weights, optimizer: 'MOM', batchNorm: 'frozen' },
      ...{ weightDecay: 0.01, keepProbability: 1, pixels },
    },
    [imageSize, imageSize, 3],
  );
  for (const number of [1, 2, 3]) {
    const outcome = await trainer.step({
      ...{ rows, labels, dropoutSeed: number, learningRate: 0.05, number, wantsValues: false },
      within: async (attempt) => attempt(2),
    });
    assert.ok(outcome.made);
  }
  const measures = await trainer.measures();
  const learned = await trainer.weights();
  trainer.dispose();
  return { losses: measures.map(({ loss }) => loss), learned, first: weights };
}

suite('pixels as bytes', { skip }, () => {
  // 5 · 7 · 7 · 3 bytes leave the last word of four unfilled.
  for (const [imageSize, standardization] of [
    [8, 'fixed'],
    [7, 'fixed'],
    [7, 'per_image'],
    [8, 'dlib'],
  ] as const)
    test(`${imageSize} × ${imageSize}, ${standardization}: as values, as a graph and operation by operation`, async () => {
      const length = imageSize * imageSize * 3;
      const pixels = Uint8Array.from({ length: length * labels.length }, (_, i) => (i * 37 + (i % 11) ** 2 * 5) % 256);
      const values = standardizeEach(pixels, length, standardization);
      const expected = await trained(Trainer, imageSize, values, undefined);
      const moved = [...expected.learned].some(([name, { data }]) => data[0] !== expected.first.get(name)!.data[0]);
      assert.ok(moved, 'something is learned');
      for (const kind of [Trainer, GraphTrainer]) {
        const found = await trained(kind, imageSize, pixels, standardization);
        found.losses.forEach((loss, step) => assert.ok(Math.abs(loss - expected.losses[step]!) < 1e-5, kind.name));
        for (const [name, { data }] of expected.learned)
          data.forEach((value, i) =>
            assert.ok(Math.abs(found.learned.get(name)!.data[i]! - value) < 1e-5, `${kind.name}: ${name}`),
          );
      }
    });
});
