import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { presetsFor, recommendedPreset } from '../../../extension/fineTune/presets';
import { networkNames } from '../../../src/protocol/networkNames';
import { headNames } from '../../../src/protocol/settings/headDefaults';

test('the preset that is recommended follows from the size of the dataset and from what trains', () => {
  const of = (people: number, images: number, device: 'wasm' | 'cpu' | 'gpu' = 'wasm') =>
    recommendedPreset({ people, images }, device);
  assert.deepEqual(of(3, 12), { id: 'classifier', because: 'few' });
  assert.deepEqual(of(1241, 3321), { id: 'classifier', because: 'few' });
  assert.deepEqual(of(24, 288), { id: 'classifierThenLastBlock', because: 'medium' });
  assert.deepEqual(of(500, 10_000), { id: 'classifierThenLastBlock', because: 'manyWithoutGpu' });
  assert.deepEqual(of(500, 10_000, 'cpu'), { id: 'classifierThenLastBlock', because: 'manyWithoutGpu' });
  assert.deepEqual(of(500, 10_000, 'gpu'), { id: 'gradual', because: 'many' });
});

test('more images of as many people never train less', () => {
  const depth = ['classifier', 'classifierThenLastBlock', 'gradual'];
  const count = fc.integer({ min: 2, max: 20_000 });
  fc.assert(
    fc.property(
      count,
      count,
      count,
      fc.constantFrom('wasm' as const, 'gpu' as const),
      (people, images, more, device) => {
        const now = recommendedPreset({ people, images }, device).id;
        const then = recommendedPreset({ people, images: images + more }, device).id;
        assert.ok(depth.indexOf(then) >= depth.indexOf(now));
      },
    ),
  );
});

test('every preset begins with the new classifier where there is one, and goes on from the top down', () => {
  for (const network of networkNames) {
    for (const head of headNames) {
      for (const { phases } of presetsFor(network, head)) {
        const stages = head === 'triplet' ? ['LastBlock', 'All'] : ['Logits', 'LastBlock', 'All'];
        assert.deepEqual(
          phases.map(({ trainableFrom }) => trainableFrom),
          stages.slice(0, phases.length),
        );
      }
    }
  }
});
