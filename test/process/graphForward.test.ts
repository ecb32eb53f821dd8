// Forward passes that are one call of a graph against the same operation by operation, on TensorFlow itself.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type FrozenPart, tensorflowForward } from '../../src/engine/forwardEngine';
import { graphForward } from '../../src/engine/forwardGraph';
import { describe } from '../../src/network/describe';
import { networkByName } from '../../src/network/registry';
import { shapeBefore } from '../../src/network/stageShape';
import { UserError } from '../../src/protocol/errors';
import { regenerableTensor, regenerableWeights } from '../fixtures/regenerableWeights';
import { noTensorflow as skip, openTensorflow } from '../fixtures/tensorflowDevice';

const network = networkByName('squeezenet');
const weights = regenerableWeights(describe(network).variables);
const imageSize = 64;
const end = network.stages.length;
const parts: Record<string, Omit<FrozenPart, 'inputShape'>> = {
  'embeddings of images': { from: 0, to: end, output: 'embeddings' },
  'what the last stage gives': { from: end - 1, to: end },
};

for (const [name, part] of Object.entries(parts)) {
  test(`${name}: batches of any size, as operation by operation, and nothing is left`, { skip }, async () => {
    const { tf } = await openTensorflow();
    const before = tf.memory().numTensors;
    const inputShape = shapeBefore(network, part.from, imageSize);
    const eager = await tensorflowForward(tf, 'here').open(network, weights, { ...part, inputShape });
    const graph = await graphForward(tf, 'here').open(network, weights, { ...part, inputShape });
    // A larger batch than the first one asks for another graph, a smaller one is filled up.
    for (const count of [1, 3, 2]) {
      const { shape, data } = regenerableTensor(`rows ${count}`, [count, ...inputShape]);
      const [expected] = await eager.run(data, shape);
      const [actual] = await graph.run(data, shape);
      assert.deepEqual(actual!.shape, expected!.shape);
      assert.equal(actual!.data.length, expected!.data.length);
      const scale = expected!.data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      const off = expected!.data.reduce((most, value, i) => Math.max(most, Math.abs(value - actual!.data[i]!)), 0);
      assert.ok(scale > 0 && off <= 1e-5 * scale, `${count} rows: ${off} of ${scale}`);
    }
    // What has failed for many is not filled up to as many when fewer are asked for.
    const { shape, data } = regenerableTensor('rows 2', [2, ...inputShape]);
    const backend = tf.backend() as unknown as {
      runSavedModel: (id: unknown, inputs: { shape: number[] }[], ...rest: unknown[]) => unknown;
    };
    const runSavedModel = backend.runSavedModel;
    const fedRows: number[] = [];
    backend.runSavedModel = function (id, inputs, ...rest) {
      fedRows.push(inputs[0]!.shape[0]!);
      if (fedRows.length === 1) throw new Error('OOM when allocating tensor');
      return runSavedModel.call(this, id, inputs, ...rest);
    };
    await assert.rejects(async () => graph.run(data, shape), /OOM/);
    await graph.run(data, shape);
    backend.runSavedModel = runSavedModel;
    assert.deepEqual(fedRows, [3, 2]);
    await eager.dispose();
    await graph.dispose();
    assert.equal(tf.memory().numTensors, before);
  });
}

test('a variable that is missing is named before anything is computed', { skip }, async () => {
  const { tf } = await openTensorflow();
  const part = { from: 0, to: end, inputShape: [imageSize, imageSize, 3] };
  await assert.rejects(
    async () => graphForward(tf, 'here').open(network, new Map([...weights].slice(0, 5)), part),
    UserError,
  );
});
