import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { distFile } from '../../../src/engine/installation';
import { describe } from '../../../src/network/describe';
import { dlibVariableName } from '../../../src/network/dlibNames';
import { networkByName } from '../../../src/network/registry';

test('every weight of the starter recognition model has its variable in dlib_resnet, of the same shape', () => {
  const manifest = JSON.parse(
    readFileSync(distFile('starter', 'face_recognition_model-weights_manifest.json'), 'utf8'),
  ) as [{ weights: { name: string; shape: number[] }[] }];
  const provided = new Map(manifest[0].weights.map(({ name, shape }) => [dlibVariableName(name), shape]));
  const wanted = new Map(describe(networkByName('dlib_resnet')).variables.map(({ name, shape }) => [name, shape]));
  assert.deepEqual(new Map([...provided].sort()), new Map([...wanted].sort()));
});

test('names that the starter model does not have are not guessed', () => {
  for (const name of [
    '',
    'fc/weights',
    'conv32_1/conv3/conv/filters',
    'conv32_1/conv1/conv/gamma',
    'xconv32_1/conv1/conv/filters',
  ]) {
    assert.equal(dlibVariableName(name), undefined, name);
  }
});
