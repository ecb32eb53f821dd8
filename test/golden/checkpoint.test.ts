import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { openModel } from '../../src/checkpoint/model';
import { inspect } from '../../src/checkpoint/inspection';
import { readNpyDictionary } from '../../src/checkpoint/npyDictionary';
import { restorePlan } from '../../src/checkpoint/restorePlan';
import { lfwResultLine } from '../../src/evaluate/lfwResult';
import { logitsStage } from '../../src/network/classifiers';
import { describe } from '../../src/network/describe';
import { freezeGraph, metaGraph } from '../../src/network/graphdef/exportGraph';
import { networkByName } from '../../src/network/registry';
import { readMetaGraph } from '../fixtures/metaGraph';
import { sharedPath, skipWithoutShared } from '../fixtures/shared';
import { regenerableTensor } from '../fixtures/regenerableWeights';
import { temporaryFolder } from '../fixtures/temporaryFolder';

const trained = 'golden/checkpoint/20191010-231727';
const squeezenet = 'golden/checkpoint/20260101-squeezenet';

test(
  'the index of a really trained model: 492 tensors, and only Logits is not restored into 10 classes',
  {
    skip: skipWithoutShared(trained),
  },
  async () => {
    const model = await openModel(sharedPath(trained), { headerOnly: true });
    assert.equal(model.variables.length, 492);
    assert.deepEqual([model.network, model.embeddingSize, model.step], ['inception_resnet_v1', 128, 200]);
    const wanted = describe(networkByName('inception_resnet_v1', { embeddingSize: 128 }), { classes: 10 }).variables;
    const { entries, counts } = restorePlan(model.variables, wanted);
    assert.deepEqual(counts, { restored: 490, new: 0, 'other-shape': 2, unused: 0 });
    assert.deepEqual(
      entries.filter(({ status }) => status !== 'restored').map(({ name }) => name),
      ['Logits/weights', 'Logits/biases'],
    );
    assert.ok(
      inspect(model).stages.every(({ name }) => name !== undefined),
      'every variable has its stage',
    );
    await assert.rejects(openModel(sharedPath(trained)), /data-00000-of-00001 is missing/);
    await assert.rejects(model.read('Logits/biases'), /data-00000-of-00001 is missing/);
  },
);

test('its LFW log has the lines that we write', { skip: skipWithoutShared(trained) }, async () => {
  const text = await readFile(sharedPath(trained, 'lfw_result.txt'), 'utf8');
  const lines = text.trimEnd().split('\n');
  const results = lines.map((line) => line.split('\t').map(Number) as [number, number, number]);
  assert.deepEqual(results[0], [0, 0.99183, 0.96367]);
  assert.equal(results.map((result) => lfwResultLine(...result)).join(''), `${lines.join('\n')}\n`);
});

test(
  'a checkpoint written by TensorFlow holds the regenerable weights, bit by bit',
  {
    skip: skipWithoutShared(squeezenet),
  },
  async () => {
    const model = await openModel(sharedPath(squeezenet));
    assert.deepEqual([model.network, model.classes, model.step], ['squeezenet', 5, 7]);
    for (const [name, { shape, data }] of await model.readAll()) {
      assert.deepEqual(data, regenerableTensor(name, shape).data, name);
    }
  },
);

test(
  'its metagraph declares the variables that the checkpoint holds',
  { skip: skipWithoutShared(squeezenet) },
  async () => {
    const model = await openModel(sharedPath(squeezenet), { headerOnly: true });
    const { variables } = await readMetaGraph(sharedPath(squeezenet, 'model-20260101-squeezenet.meta'));
    const declared = new Map(variables.map(({ name, shape }) => [name, shape]));
    assert.equal(declared.size, 108);
    for (const { name, shape } of model.variables) assert.deepEqual(declared.get(name), shape, name);
  },
);

test('the MTCNN weights are read in row-major order', { skip: skipWithoutShared('data/mtcnn') }, async () => {
  const det1 = await readNpyDictionary(sharedPath('data/mtcnn/det1.npy'));
  assert.deepEqual(det1.get('conv1/weights')!.shape, [3, 3, 3, 10]);
  assert.deepEqual(det1.get('PReLU3/alpha')!.shape, [32]);
  // Stored in Fortran order: element [0, 0, i, 1] of [1, 1, 32, 2] is at 32 + i in the file.
  const bytes = await readFile(sharedPath('data/mtcnn/det1.npy'));
  const { data } = det1.get('conv4-1/weights')!;
  const stored = Buffer.from(Float32Array.from({ length: 64 }, (_, i) => data[(i % 32) * 2 + (i >> 5)]!).buffer);
  assert.ok(bytes.includes(stored));
  assert.equal((await readNpyDictionary(sharedPath('data/mtcnn/det2.npy'))).size, 16);
  assert.equal((await readNpyDictionary(sharedPath('data/mtcnn/det3.npy'))).size, 21);
});

test(
  'our metagraph of the same network declares the same variables in the same order',
  { skip: skipWithoutShared(squeezenet) },
  async () => {
    const model = await openModel(sharedPath(squeezenet), { headerOnly: true });
    const network = networkByName('squeezenet', { embeddingSize: model.embeddingSize });
    const path = join(temporaryFolder(), 'ours.meta');
    await writeFile(path, metaGraph(network, { head: [logitsStage(model.classes!)] }).bytes);
    const theirs = await readMetaGraph(sharedPath(squeezenet, 'model-20260101-squeezenet.meta'));
    assert.deepEqual((await readMetaGraph(path)).variables, theirs.variables);
  },
);

test(
  'a checkpoint written by TensorFlow, frozen by us, is read back bit by bit',
  { skip: skipWithoutShared(squeezenet) },
  async () => {
    const model = await openModel(sharedPath(squeezenet));
    const network = networkByName('squeezenet', { embeddingSize: model.embeddingSize });
    const weights = await model.readAll(describe(network).variables.map(({ name }) => name));
    const path = join(temporaryFolder(), 'frozen.pb');
    await writeFile(path, freezeGraph(network, weights).bytes);
    const frozen = await openModel(path);
    assert.deepEqual([frozen.network, frozen.embeddingSize], ['squeezenet', model.embeddingSize]);
    const values = await frozen.readAll();
    assert.equal(values.size, 106);
    for (const [name, { shape, data }] of values) assert.deepEqual(data, regenerableTensor(name, shape).data, name);
  },
);
