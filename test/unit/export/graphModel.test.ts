import assert from 'node:assert/strict';
import { mkdir, readFile, readdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { type GraphModel, loadGraphModel } from '@tensorflow/tfjs-converter';
import type { Tensor } from '@tensorflow/tfjs-core';
import { openOnnxSession } from '../../../src/engine/onnx';
import { openWasm } from '../../../src/engine/wasm/openWasm';
import { shard, shardNames, writeTogether } from '../../../src/export/graphModelFiles';
import { writeModel } from '../../../src/export/writeModel';
import { describe, describeChain } from '../../../src/network/describe';
import { graphModel } from '../../../src/network/graphdef/graphModel';
import { exportOnnx } from '../../../src/network/onnx/exportOnnx';
import { networkByName } from '../../../src/network/registry';
import { frozenChain } from '../../fixtures/frozenChain';
import { regenerableWeights } from '../../fixtures/regenerableWeights';
import { temporaryFolder } from '../../fixtures/temporaryFolder';
import { wordChain, wordInput, words } from '../../fixtures/vocabulary';

const folder = temporaryFolder();

/** What a browser is given: the folder's files by HTTP. */
const server = createServer((request, response) => {
  readFile(join(folder, decodeURIComponent(request.url!))).then(
    (bytes) => response.end(bytes),
    () => response.writeHead(404).end(),
  );
}).listen(0, '127.0.0.1');
after(() => server.close());

const load = async (name: string): Promise<GraphModel> => {
  const { port } = server.address() as AddressInfo;
  return loadGraphModel(`http://127.0.0.1:${port}/${encodeURIComponent(name)}/model.json`);
};

async function results(model: GraphModel, data: Float32Array, shape: readonly number[]): Promise<Float32Array> {
  const tf = await openWasm();
  const input = tf.tensor(data, [...shape]);
  const output = model.predict(input) as Tensor;
  const values = (await output.data()) as Float32Array;
  tf.dispose([input, output]);
  model.dispose();
  return values;
}

function largest(a: Float32Array, b: Float32Array): number {
  assert.equal(a.length, b.length);
  return a.reduce((most, value, index) => Math.max(most, Math.abs(value - b[index]!)), 0);
}

for (const [word, build] of Object.entries(words)) {
  test(`TensorFlow.js loads "${word}" and computes what ONNX Runtime does`, async () => {
    const chain = wordChain(build);
    const { data, shape } = wordInput;
    const inputShape = shape.slice(1);
    const weights = regenerableWeights(describeChain(chain, inputShape).variables);
    const { stages } = describeChain(chain, inputShape);
    const endpoints = {
      input: { name: 'input', shape: inputShape },
      output: { name: 'output', shape: stages.at(-1)!.outputShape },
    };
    const { bytes, json } = graphModel(frozenChain(chain, weights, inputShape), {
      ...endpoints,
      half: false,
      metadata: {},
    });
    const names = shardNames(bytes.length);
    await mkdir(join(folder, word), { recursive: true });
    await writeTogether([
      ...names.map((name, index) => ({ path: join(folder, word, name), data: shard(bytes, index) })),
      { path: join(folder, word, 'model.json'), data: json(names) },
    ]);
    const session = await openOnnxSession(exportOnnx(chain, weights, { inputShape }), { threads: 1 });
    const [expected] = await session.run(data, shape);
    await session.dispose();
    await openWasm();
    assert.ok(largest(await results(await load(word), data, shape), expected!.data) < 1e-5);
  });
}

test('a whole network comes in shards, in batches of any size, and in half precision at half the size', async () => {
  const network = networkByName('squeezenet', { embeddingSize: 32 });
  const weights = regenerableWeights(describe(network).variables);
  const { imageSize } = network.recipe;
  const options = { format: 'tfjs', imageSize, output: 'embeddings', metadata: { model: 'm' }, force: false } as const;
  const [whole, half] = [join(folder, 'whole'), join(folder, 'half')];
  const files = await writeModel(network, weights, { ...options, path: whole, half: false });
  await writeModel(network, weights, { ...options, path: half, half: true });
  const shards = ['group1-shard1of2.bin', 'group1-shard2of2.bin'];
  assert.deepEqual((await readdir(whole)).sort(), [...shards, 'model.json']);
  assert.deepEqual(
    files,
    [...shards, 'model.json'].map((name) => join(whole, name)),
  );
  assert.deepEqual((await readdir(half)).sort(), ['group1-shard1of1.bin', 'model.json']);
  const sizes = await Promise.all(
    [whole, half].map(async (path) => {
      const found = (await readdir(path)).filter((name) => name.endsWith('.bin'));
      const bytes = await Promise.all(found.map(async (name) => (await readFile(join(path, name))).length));
      return bytes.reduce((sum, length) => sum + length, 0);
    }),
  );
  assert.ok(sizes[1]! < 0.52 * sizes[0]!, sizes.join());

  const image = [imageSize, imageSize, 3];
  const data = Float32Array.from({ length: 3 * imageSize ** 2 * 3 }, (_, i) => Math.sin(i * 1.7));
  const session = await openOnnxSession(exportOnnx(network, weights, { inputShape: image, output: 'embeddings' }));
  const [expected] = await session.run(data, [3, ...image]);
  await session.dispose();
  await openWasm();
  const model = await load('whole');
  assert.deepEqual(
    model.inputs.map(({ name, shape }) => [name, shape]),
    [['input', [-1, ...image]]],
  );
  assert.deepEqual(
    model.outputs.map(({ name }) => name),
    ['embeddings'],
  );
  assert.ok(largest(await results(model, data, [3, ...image]), expected!.data) < 1e-5);
  assert.ok(largest(await results(await load('half'), data, [3, ...image]), expected!.data) < 1e-2);

  await assert.rejects(
    writeModel(network, weights, { ...options, path: whole, half: false }),
    /model\.json exists already\./,
  );
});

test('more values than a file holds are cut, and put together again are the same', () => {
  const bytes = Uint8Array.from({ length: (4 << 20) + 5 }, (_, index) => index % 251);
  const names = shardNames(bytes.length);
  assert.deepEqual(names, ['group1-shard1of2.bin', 'group1-shard2of2.bin']);
  assert.ok(Buffer.concat(names.map((_, index) => shard(bytes, index))).equals(bytes));
});
