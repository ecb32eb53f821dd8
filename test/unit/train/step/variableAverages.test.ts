import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openWasm } from '../../../../src/engine/wasm/openWasm';
import { averagedVariable, averagesOf, VariableAverages } from '../../../../src/train/step/variableAverages';

test('averages begin at the value, forget faster at first, and go on from where they were', async () => {
  const tf = await openWasm();
  const before = tf.memory().numTensors;
  const variable = tf.tidy(() => tf.variable(tf.tensor1d([1, -2])));
  const averages = new VariableAverages(tf, new Map([['Logits/biases', variable]]), 0.4, new Map());
  let [first, second] = [1, -2];
  for (let step = 1; step <= 12; step++) {
    tf.tidy(() => variable.assign(tf.tensor1d([1 + step, step * step])));
    averages.update(step);
    const share = 1 - Math.min(0.4, (1 + step) / (10 + step));
    first -= share * (first - (1 + step));
    second -= share * (second - step * step);
  }
  const [[name, average]] = [...averages.named()] as [[string, typeof variable]];
  assert.equal(name, 'Logits/biases/ExponentialMovingAverage');
  const values = await average.data();
  assert.ok(Math.abs(values[0]! - first) < 1e-4 && Math.abs(values[1]! - second) < 1e-3, [...values].join());
  const saved = new Map([[name, Float32Array.from(values)]]);
  assert.deepEqual([...averagesOf(saved).keys()].map(averagedVariable), ['Logits/biases']);
  const again = new VariableAverages(tf, new Map([['Logits/biases', variable]]), 0.4, saved);
  assert.deepEqual(await again.named().get(name)!.data(), values);
  for (const owner of [averages, again]) owner.dispose();
  variable.dispose();
  assert.equal(tf.memory().numTensors, before);
});
