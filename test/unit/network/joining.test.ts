import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { openWasm } from '../../../src/engine/wasm/openWasm';
import { globalMean } from '../../../src/network/tensorflow/joining';

test("a global mean and its gradient are those of TensorFlow.js's mean, bit for bit", async () => {
  const tf = await openWasm();
  const before = tf.memory().numTensors;
  const values = Float32Array.from({ length: 2 * 3 * 5 * 4 }, (_, i) => Math.sin(i));
  const x = tf.tensor4d(values, [2, 3, 5, 4]);
  const weights = tf.tensor2d(values.subarray(0, 8), [2, 4]);
  const [own, theirs] = [
    (tensor: Tensor4D) => globalMean(tf, tensor),
    (tensor: Tensor4D) => tf.mean(tensor, [1, 2]),
  ].map((mean) => {
    const { value, grad } = tf.valueAndGrad((tensor) => tf.sum(tf.mul(mean(tensor as Tensor4D), weights)))(x);
    const read = [value.dataSync(), grad.dataSync()];
    tf.dispose([value, grad]);
    return read;
  });
  assert.deepEqual(own, theirs);
  tf.dispose([x, weights]);
  assert.equal(tf.memory().numTensors, before, 'leaves no tensors behind');
});
