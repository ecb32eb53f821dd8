import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { inspect } from '../../../src/checkpoint/inspection';
import { openModel } from '../../../src/checkpoint/model';
import { recipeOf } from '../../../src/checkpoint/modelRecipe';
import { readWeightsManifest } from '../../../src/checkpoint/weightsManifest';
import { temporaryFolder } from '../../fixtures/temporaryFolder';

const folder = temporaryFolder();

test('the record beside a model decides, then its name, then its architecture', async () => {
  const own = { alignment: 'landmarks' as const, imageSize: 96, standardization: 'dlib' as const };
  const models = join(folder, 'run', 'checkpoints');
  await mkdir(models, { recursive: true });
  const standardization = async (name: string): Promise<string> =>
    (await recipeOf(models, name, 'inception_resnet_v1')).recipe.standardization;
  assert.equal(await standardization('20180402-114759'), 'fixed');
  assert.equal(await standardization('20170512-110547'), 'per_image');
  assert.equal(await standardization('mine'), 'fixed');
  assert.match((await recipeOf(models, 'mine', undefined)).recipeSource, /nothing is known/);

  const record = join(folder, 'run', 'run.json');
  await writeFile(record, 'not JSON');
  assert.equal(await standardization('20170512-110547'), 'per_image', 'another program’s run.json is no record');
  await writeFile(record, JSON.stringify({ recipe: own }));
  assert.deepEqual(await recipeOf(models, '20170512-110547', 'squeezenet'), { recipe: own, recipeSource: record });
});

test('the starter model opens with its own recipe, every value finite', async () => {
  const model = await openModel('starter');
  assert.deepEqual([model.network, model.embeddingSize, model.classes], ['dlib_resnet', 128, undefined]);
  assert.deepEqual(model.recipe, {
    ...{ alignment: 'landmarks', chip: 'mean-face' },
    ...{ imageSize: 150, standardization: 'dlib' },
  });
  const tensors = await model.readAll();
  const { stages, variables, elements } = inspect(model);
  assert.equal(tensors.size, variables);
  assert.equal(
    [...tensors.values()].reduce((sum, { data }) => sum + data.length, 0),
    elements,
  );
  assert.ok([...tensors.values()].every(({ data }) => data.every(Number.isFinite)));
  assert.deepEqual([stages[0]!.name, stages.at(-1)!.name], ['Stem', 'Bottleneck']);
  // Names agree with the network's, shapes with the file's.
  for (const { name, shape } of model.variables) assert.deepEqual(tensors.get(name)!.shape, shape);
});

test('quantised weights are q · scale + min, and a wrong size is told', async () => {
  const weights = [
    { name: 'a', shape: [2], dtype: 'float32', quantization: { dtype: 'uint8', scale: 0.5, min: -1 } },
    { name: 'b', shape: [1], dtype: 'float32' },
    { name: 'c', shape: [1], dtype: 'float32', quantization: { dtype: 'uint16', scale: 2, min: 1 } },
  ];
  await writeFile(join(folder, 'm-weights_manifest.json'), JSON.stringify([{ paths: ['m.bin'], weights }]));
  const bytes = Buffer.from([0, 255, 0, 0, 0x80, 0x3f, 0x01, 0x01]);
  await writeFile(join(folder, 'm.bin'), bytes);
  const tensors = await readWeightsManifest(folder, 'm');
  assert.deepEqual(
    [...tensors.values()].map(({ data }) => [...data]),
    [[-1, 126.5], [1], [515]],
  );
  await writeFile(join(folder, 'm.bin'), bytes.subarray(1));
  await assert.rejects(readWeightsManifest(folder, 'm'), /cut off/);
  await writeFile(join(folder, 'm.bin'), Buffer.concat([bytes, bytes]));
  await assert.rejects(readWeightsManifest(folder, 'm'), /8 bytes more/);
  await assert.rejects(readWeightsManifest(folder, 'n'), /are not in/);
});
