import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describe } from '../../../src/network/describe';
import { kerasLayers } from '../../../src/network/keras/kerasLayers';
import type { Layer } from '../../../src/network/keras/kerasOps';
import { layerOrder } from '../../../src/network/keras/layerOrder';
import { networkByName } from '../../../src/network/registry';

test('every variable of Inception-ResNet-v1 has its place in a layer that deepface names', () => {
  const network = networkByName('inception_resnet_v1', { embeddingSize: 512 });
  const layers = kerasLayers(network)!;
  const variables = layers.flatMap(({ weights }) => weights.map(({ variable }) => variable));
  assert.deepEqual(
    variables.sort(),
    describe(network)
      .variables.map(({ name }) => name)
      .sort(),
  );
  const names = layers.map(({ name }) => name);
  assert.equal(new Set(names).size, names.length);
  // Names that look irregular are so in deepface too.
  for (const name of [
    'Conv2d_1a_3x3_BatchNorm',
    'Block35_5_Branch_2_Conv2d_0c_3x3',
    'Mixed_6a_Branch_1_Conv2d_1a_3x3_BatchNorm',
    'Block17_10_Branch_10_Conv2d_0c_7x1',
    'Block17_10_Conv2d_1x1',
    'Block8_5_Branch_5_Conv2d_0b_1x3_BatchNorm',
    'Block8_6_Branch_1_Conv2d_0b_1x3',
    'Bottleneck_BatchNorm',
  ])
    assert.ok(names.includes(name), name);
  assert.deepEqual(names.slice(0, 2), ['Conv2d_1a_3x3', 'Conv2d_1a_3x3_BatchNorm']);
  assert.deepEqual(names.slice(-2), ['Bottleneck', 'Bottleneck_BatchNorm']);
  const up = layers.find(({ name }) => name === 'Block8_6_Conv2d_1x1')!;
  assert.deepEqual(
    up.weights.map(({ name, shape }) => [name, shape]),
    [
      ['kernel', [1, 1, 384, 1792]],
      ['bias', [1792]],
    ],
  );
  assert.equal(kerasLayers(networkByName('squeezenet', { embeddingSize: 128 })), undefined);
});

test('layers stand by their longest way to the output, of the same length as they are met from there', () => {
  const layer = (path: string, ...inputs: Layer[]): Layer => ({ path, inputs, shape: [], weights: [] });
  const input = layer('input');
  const short = layer('short', input);
  const long = layer('long 2', layer('long 1', input));
  const output = layer('output', short, long);
  assert.deepEqual(
    layerOrder(output).map(({ path }) => path),
    ['input', 'long 1', 'short', 'long 2', 'output'],
  );
});
