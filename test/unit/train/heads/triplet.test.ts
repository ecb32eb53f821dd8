import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { openWasm } from '../../../../src/engine/wasm/openWasm';
import { tripletHead } from '../../../../src/train/heads/triplet';

const alpha = 0.2;
const head = tripletHead({ alpha, semiHard: false, peoplePerBatch: 45, imagesPerPerson: 40 });

/** Two triplets: the first keeps the margin, the second does not. */
const rows = [
  [2, 0, 0],
  [3, 0.3, 0],
  [0, 0, 5],
  [0, 1, 0.5],
  [0.5, 0.2, -1],
  [0, 2, 0.4],
];

/** Spec §5.5 in double precision. */
function formula(prelogits: readonly (readonly number[])[]) {
  const unit = prelogits.map((row) => row.map((value) => value / Math.hypot(...row)));
  const squared = (i: number, j: number): number => unit[i]!.reduce((sum, v, k) => sum + (v - unit[j]![k]!) ** 2, 0);
  const triplets = [0, 3].map((a) => ({ positive: squared(a, a + 1), negative: squared(a, a + 2) }));
  const losses = triplets.map(({ positive, negative }) => Math.max(positive - negative + alpha, 0));
  const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b) / values.length;
  const centre = [0, 1, 2].map((k) => mean(unit.map((row) => row[k]!)));
  return {
    tripletLoss: mean(losses),
    activeTriplets: mean(losses.map((loss) => Number(loss > 0))),
    positiveDistance: mean(triplets.map(({ positive }) => positive)),
    negativeDistance: mean(triplets.map(({ negative }) => negative)),
    spread: Math.sqrt(1 - Math.hypot(...centre) ** 2),
  };
}

test('loss and measures are those of the formula', async () => {
  const tf = await openWasm();
  const labels = tf.tensor1d([0, 0, 1, 1, 1, 0], 'int32');
  const input = { prelogits: tf.tensor2d(rows), labels, variables: new Map(), inputGradient: false };
  const { main, regularizers, measures } = head.loss(tf, input);
  const expected = formula(rows);
  assert.equal(expected.activeTriplets, 0.5);
  assert.deepEqual(Object.keys(measures).sort(), Object.keys(expected).sort());
  for (const [name, value] of Object.entries(expected)) {
    const actual = (await measures[name]!.data())[0]!;
    assert.ok(Math.abs(actual - value) < 1e-6, `${name}: ${actual} is not ${value}`);
  }
  assert.equal((await main.data())[0], (await measures.tripletLoss!.data())[0]);
  assert.deepEqual([regularizers, head.stages, head.ownVariables], [{}, [], []]);
  const listed = new Set(head.measures.map(({ name }) => name));
  for (const name of Object.keys(measures)) assert.ok(listed.has(name), name);
});

test('its gradient agrees with differences', async () => {
  const tf = await openWasm();
  const labels = tf.tensor1d([0, 0, 1, 1, 1, 0], 'int32');
  const gradient = tf.grad(
    (x) =>
      head.loss(tf, { prelogits: x as unknown as Tensor2D, labels, variables: new Map(), inputGradient: true }).main,
  );
  const actual = await gradient(tf.tensor2d(rows)).data();
  rows.forEach((row, r) =>
    row.forEach((_, c) => {
      const moved = (step: number) =>
        formula(rows.map((one, i) => one.map((v, j) => (i === r && j === c ? v + step : v)))).tripletLoss;
      const difference = (moved(1e-5) - moved(-1e-5)) / 2e-5;
      assert.ok(Math.abs(actual[3 * r + c]! - difference) < 1e-5, `${r},${c}: ${actual[3 * r + c]} ≠ ${difference}`);
    }),
  );
  assert.ok(
    actual.slice(0, 9).every((value) => value === 0),
    'a triplet that keeps the margin moves nothing',
  );
  assert.ok(actual.slice(9).some((value) => Math.abs(value) > 0.01));
});
