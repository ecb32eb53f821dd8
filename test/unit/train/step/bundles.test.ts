import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import { openWasm } from '../../../../src/engine/wasm/openWasm';
import { alone, beside, bundled, Bundles, joinedValues } from '../../../../src/train/step/bundles';

const variables = [
  { name: 'A/weights', shape: [1, 2] },
  { name: 'A/beta', shape: [2] },
  { name: 'A/mean', shape: [2] },
  { name: 'B/beta', shape: [3] },
  { name: 'B/biases', shape: [1] },
  { name: 'B/mean', shape: [1] },
  { name: 'step', shape: [] },
  { name: 'C/kernel', shape: [1, 3, 2] },
  { name: 'D/kernel', shape: [2, 1] },
  { name: 'E/kernel', shape: [512, 513] },
];
const all = bundled(variables, ({ name }) => name.split('/').at(-1)!);

describe('bundles', () => {
  test('hold vectors and small kernels that are alike; what is alone keeps its name and its shape', () => {
    assert.deepEqual(all, [
      alone({ name: 'A/weights', shape: [1, 2] }),
      { name: 'Bundle/1', shape: [5], members: [variables[1], variables[3]] },
      { name: 'Bundle/2', shape: [3], members: [variables[2], variables[5]] },
      alone({ name: 'B/biases', shape: [1] }),
      alone({ name: 'step', shape: [] }),
      { name: 'Bundle/5', shape: [8], members: [variables[7], variables[8]] },
      alone({ name: 'E/kernel', shape: [512, 513] }),
    ]);
  });

  test('have slots of the same places', () => {
    assert.deepEqual(
      beside(all[1]!, (name) => `${name}/Adam`),
      {
        name: 'Bundle/1/Adam',
        shape: [5],
        members: [
          { name: 'A/beta/Adam', shape: [2] },
          { name: 'B/beta/Adam', shape: [3] },
        ],
      },
    );
  });

  test('have the values of their members one after another', () => {
    const values = new Map([
      ['A/weights', Float32Array.of(8, 9)],
      ['A/beta', Float32Array.of(1, 2)],
      ['B/beta', Float32Array.of(3, 4, 5)],
    ]);
    assert.deepEqual(
      joinedValues(all[1]!, (name) => values.get(name)!),
      Float32Array.of(1, 2, 3, 4, 5),
    );
    assert.equal(
      joinedValues(all[0]!, (name) => values.get(name)!),
      values.get('A/weights'),
    );
  });

  test('come apart, with gradients, and are joined again; what is none of them stays', async () => {
    const tf = await openWasm();
    const bundles = new Bundles(all);
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      const whole = tf.tensor1d([1, 2, 3, 4, 5]);
      const given = new Map<string, Tensor>([
        ['A/weights', tf.tensor2d([[8, 9]])],
        ['Bundle/1', whole],
        ['centers', tf.scalar(7)],
      ]);
      const apart = bundles.apart(tf, given);
      assert.deepEqual([...apart.keys()].sort(), ['A/beta', 'A/weights', 'B/beta', 'centers']);
      assert.deepEqual([...apart.get('B/beta')!.dataSync()], [3, 4, 5]);
      const gradient = tf.grad((x) => {
        const parts = bundles.apart(tf, new Map([['Bundle/1', x]]));
        return tf.add(tf.sum(parts.get('A/beta')!), tf.sum(tf.square(parts.get('B/beta')!)));
      })(whole);
      assert.deepEqual([...gradient.dataSync()], [1, 1, 6, 8, 10]);
      const [kernels, kernelsOf] = [tf.range(1, 9), (x: Tensor) => bundles.apart(tf, new Map([['Bundle/5', x]]))];
      const [c, d] = ['C/kernel', 'D/kernel'].map((name) => kernelsOf(kernels).get(name)!);
      assert.deepEqual([c!.shape, [...c!.dataSync()]], [[1, 3, 2], [1, 2, 3, 4, 5, 6]]); // prettier-ignore
      assert.deepEqual([d!.shape, [...d!.dataSync()]], [[2, 1], [7, 8]]); // prettier-ignore
      const ofKernels = tf.grad((x) => tf.sum(tf.square(kernelsOf(x).get('D/kernel')!)))(kernels);
      assert.deepEqual([...ofKernels.dataSync()], [0, 0, 0, 0, 0, 0, 14, 16]);
      const part = (name: string): Tensor1D => apart.get(name) as Tensor1D;
      const joined = bundles.joined(tf, { 'A/beta': part('A/beta'), 'B/beta': part('B/beta') });
      assert.deepEqual(Object.keys(joined), ['Bundle/1']);
      assert.deepEqual([...joined['Bundle/1']!.dataSync()], [1, 2, 3, 4, 5]);
    });
    assert.equal(tf.memory().numTensors, before);
    assert.equal(bundles.firstOf('Bundle/2'), 'A/mean');
    assert.equal(bundles.firstOf('centers'), 'centers');
  });
});
