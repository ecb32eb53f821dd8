import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openOnnxSession } from '../../src/engine/onnx';
import { exportOnnx } from '../../src/network/onnx/exportOnnx';
import { largestDifference, loadGoldenCase } from '../fixtures/goldenNetwork';
import { skipWithoutShared } from '../fixtures/shared';

const skip = skipWithoutShared('golden', 'network');

for (const name of ['inception_resnet_v1', 'inception_resnet_v2', 'squeezenet']) {
  test(`${name} on ONNX Runtime gives the reference's embeddings`, { skip }, async () => {
    const { golden, network, weights, images } = await loadGoldenCase(name);
    for (const [variable, first] of Object.entries(golden.first_weights)) {
      assert.ok(largestDifference(weights.get(variable)!.data, [first]) < 1e-9, variable);
    }
    const session = await openOnnxSession(
      exportOnnx(network, weights, { inputShape: [160, 160, 3], output: 'embeddings' }),
    );
    const [result] = await session.run(images, [golden.images.length, 160, 160, 3]);
    await session.dispose();
    assert.deepEqual(result!.shape, [golden.images.length, golden.embedding_size]);
    assert.ok(largestDifference(result!.data, golden.embeddings) < 1e-5);
  });
}

test('a network cut between two stages gives the same as the whole one', { skip }, async () => {
  const { golden, network, weights, images } = await loadGoldenCase('inception_resnet_v1');
  const cut = network.stages.findIndex(({ name }) => name === network.lastBlock);
  const prefix = await openOnnxSession(exportOnnx(network, weights, { inputShape: [160, 160, 3], to: cut }));
  const [activation] = await prefix.run(images, [golden.images.length, 160, 160, 3]);
  await prefix.dispose();
  assert.deepEqual(activation!.shape, [golden.images.length, 3, 3, 1792]);
  const tail = await openOnnxSession(
    exportOnnx(network, weights, { inputShape: [3, 3, 1792], from: cut, output: 'embeddings' }),
  );
  const [result] = await tail.run(activation!.data, activation!.shape);
  await tail.dispose();
  assert.ok(largestDifference(result!.data, golden.embeddings) < 1e-5);
});
