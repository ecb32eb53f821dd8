import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { openWasm } from '../../../../src/engine/wasm/openWasm';
import { batchAccuracy, crossEntropy, halfSquaredSum, prelogitsNorm } from '../../../../src/train/heads/losses';
import { softmaxHead } from '../../../../src/train/heads/softmax';

function near(actual: number, expected: number, tolerance = 2e-6): void {
  assert.ok(Math.abs(actual - expected) <= tolerance * Math.max(1, Math.abs(expected)), `${actual} is not ${expected}`);
}

test('prelogits norm has the check values of spec §5.3', async () => {
  const tf = await openWasm();
  const x = tf.tensor2d([
    [1, -2, 0.5],
    [0, 0, 0],
  ]);
  for (const [p, value] of [
    [1, 1.7502999],
    [2, 1.1458068],
    [3, 1.044967],
    [0.5, 4.8722568],
  ] as const) {
    near((await prelogitsNorm(tf, x, p).data())[0]!, value, 1e-5);
  }
});

test('centre loss and the movement of the centres have the check values of spec §5.2', async () => {
  const tf = await openWasm();
  const prelogits = tf.tensor2d([
    [1, 2],
    [3, 5],
    [0, 1],
  ]);
  const labels = tf.tensor1d([0, 1, 0], 'int32');
  const settings = {
    prelogitsNormLossFactor: 0,
    prelogitsNormP: 1,
    centerLossFactor: 0.5,
    centerLossAlfa: 0.95,
    labelSmoothing: 0,
  };
  const head = softmaxHead(settings, { classes: 3, embeddingSize: 2 });
  const classifier = [
    ['Logits/weights', tf.zeros([2, 3])],
    ['Logits/biases', tf.zeros([3])],
  ] as const;
  assert.deepEqual(head.ownVariables, [{ name: 'centers', shape: [3, 2] }]);
  let centers: Tensor = tf.zeros([3, 2]);
  const expected = [
    [6.6666665, [0.05, 0.15, 0.15, 0.25, 0, 0]],
    [5.9558334, [0.095, 0.285, 0.2925, 0.4875, 0, 0]],
  ] as const;
  for (const [value, moved] of expected) {
    const input = {
      prelogits,
      labels,
      variables: new Map([...classifier, ['centers', centers]]),
      inputGradient: false,
    };
    const { measures, regularizers } = head.loss(tf, input);
    near((await measures.centerLoss!.data())[0]!, value);
    near((await regularizers['centre loss']!.data())[0]!, 0.5 * value);
    const update = head.afterGradients!(tf, input);
    assert.deepEqual([...(await update.presentRows.centers!.data())], [1, 1, 0], 'the third has no example');
    // Of factor · mean((centre − feature)²), by the centres.
    const gradient = await update.gradients.centers!.data();
    const now = await centers.data();
    near(gradient[0]!, (0.5 * 2 * (2 * now[0]! - 1)) / 6);
    centers = tf.add(centers, update.moves.centers!);
    const values = await centers.data();
    moved.forEach((one, i) => near(values[i]!, one));
  }
});

test('cross entropy agrees with its definition and its gradient with differences', async () => {
  const tf = await openWasm();
  const logits = [
    [0.3, -1, 2, 0.1],
    [1, 1, 1, 1],
    [-30, 40, 0, 5],
  ];
  const labels = [2, 0, 3];
  const oneHot = tf.cast(tf.oneHot(tf.tensor1d(labels, 'int32'), 4), 'float32') as Tensor2D;
  const loss = (rows: number[][]): number =>
    rows.reduce((sum, row, i) => {
      const top = Math.max(...row);
      return sum + top + Math.log(row.reduce((s, v) => s + Math.exp(v - top), 0)) - row[labels[i]!]!;
    }, 0) / rows.length;
  const { value, grad } = tf.valueAndGrad((x) => crossEntropy(tf, x as Tensor2D, oneHot))(tf.tensor2d(logits));
  near((await value.data())[0]!, loss(logits), 1e-6);
  const gradient = await grad.data();
  for (let r = 0; r < 3; r++) {
    for (let c = 0; c < 4; c++) {
      const moved = (step: number) => logits.map((row, i) => row.map((v, j) => (i === r && j === c ? v + step : v)));
      near(gradient[4 * r + c]!, (loss(moved(1e-4)) - loss(moved(-1e-4))) / 2e-4, 1e-5);
    }
  }
  near((await batchAccuracy(tf, tf.tensor2d(logits), tf.tensor1d(labels, 'int32')).data())[0]!, 2 / 3);
});

test('half the sum of squares', () => {
  assert.equal(halfSquaredSum(Float32Array.of(1, 2, 3)), 7);
});
