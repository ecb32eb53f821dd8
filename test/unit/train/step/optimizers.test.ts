import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openWasm } from '../../../../src/engine/wasm/openWasm';
import type { OptimizerName } from '../../../../src/protocol/trainConfig';
import { Optimizer } from '../../../../src/train/step/optimizers';

const gradients = [
  [0.3, -1.2, 0.02],
  [-0.5, 0.1, 2],
  [0.05, 0.7, -0.3],
];

/**
 * Three steps from [1, 2, 3] with rate 0.1: check values of the reference (spec §6.4), and for what it does not have, of the
 * papers' formulas in NumPy.
 */
const expected: Record<OptimizerName, number[]> = {
  ADAGRAD: [0.9990367, 2.0396569, 2.9095752],
  ADADELTA: [1.0000192, 2.0000396, 2.9993403],
  ADAM: [0.9985814, 2.046765, 2.9515986],
  RMSPROP: [1.007364, 2.1629806, 2.761166],
  MOM: [1.02283, 2.25258, 2.5081222],
  ADAMW: [0.9465042, 2.1689448, 2.7770066],
  SGDW: [1.02283, 2.25258, 2.508122],
};

for (const name of Object.keys(expected) as OptimizerName[]) {
  test(`${name} gives the values that it has elsewhere`, async () => {
    const tf = await openWasm();
    const before = tf.memory().numTensors;
    const w = tf.variable(tf.tensor1d([1, 2, 3]));
    const optimizer = new Optimizer(tf, name, new Map([['w', w]]));
    for (const gradient of gradients) tf.tidy(() => optimizer.apply({ w: tf.tensor1d(gradient) }, 0.1));
    const values = await w.data();
    expected[name].forEach((value, i) =>
      assert.ok(Math.abs(values[i]! - value) < 2e-6, `${values[i]} is not ${value}`),
    );
    optimizer.dispose();
    w.dispose();
    assert.equal(tf.memory().numTensors, before + 1, 'only the first tensor of the variable may remain');
  });

  test(`${name} continues from its slots bit for bit`, async () => {
    const tf = await openWasm();
    const start = (values: number[] | Float32Array) => tf.tidy(() => tf.variable(tf.tensor1d(values)));
    const straight = start([1, 2, 3]);
    const whole = new Optimizer(tf, name, new Map([['w', straight]]));
    for (const gradient of gradients) tf.tidy(() => whole.apply({ w: tf.tensor1d(gradient) }, 0.1));

    const first = start([1, 2, 3]);
    const half = new Optimizer(tf, name, new Map([['w', first]]));
    tf.tidy(() => half.apply({ w: tf.tensor1d(gradients[0]!) }, 0.1));
    const slots = new Map<string, Float32Array>();
    for (const [slot, tensor] of half.namedSlots()) slots.set(slot, Float32Array.from(await tensor.data()));
    const second = start(Float32Array.from(await first.data()));
    const rest = new Optimizer(tf, name, new Map([['w', second]]));
    rest.restore(1, slots);
    for (const gradient of gradients.slice(1)) tf.tidy(() => rest.apply({ w: tf.tensor1d(gradient) }, 0.1));
    assert.deepEqual(await second.data(), await straight.data());
  });
}

test('slots have the names that TensorFlow gives them', async () => {
  const tf = await openWasm();
  const names = (name: OptimizerName) => [
    ...new Optimizer(tf, name, new Map([['Logits/weights', tf.variable(tf.zeros([2]))]])).namedSlots().keys(),
  ];
  assert.deepEqual(names('ADAM'), ['Logits/weights/Adam', 'Logits/weights/Adam_1']);
  assert.deepEqual(names('RMSPROP'), ['Logits/weights/RMSProp', 'Logits/weights/RMSProp_1']);
  assert.deepEqual(names('ADADELTA'), ['Logits/weights/Adadelta', 'Logits/weights/Adadelta_1']);
  assert.deepEqual(names('ADAGRAD'), ['Logits/weights/Adagrad']);
  assert.deepEqual(names('MOM'), ['Logits/weights/Momentum']);
  assert.deepEqual(names('ADAMW'), ['Logits/weights/AdamW', 'Logits/weights/AdamW_1']);
  assert.deepEqual(names('SGDW'), ['Logits/weights/MomentumW']);
});

test('a sparse gradient leaves absent rows alone, except with Adam and AdamW', async () => {
  const tf = await openWasm();
  for (const name of Object.keys(expected) as OptimizerName[]) {
    const centers = tf.variable(
      tf.tensor2d([
        [1, 1],
        [2, 2],
      ]),
    );
    const optimizer = new Optimizer(tf, name, new Map([['centers', centers]]));
    const rows = (present: number[]) => ({ centers: tf.tensor2d(present, [2, 1]) });
    optimizer.apply(
      {
        centers: tf.tensor2d([
          [0.5, 0.5],
          [1, 1],
        ]),
      },
      0.1,
      rows([1, 1]),
    );
    const before = [...(await centers.data())];
    optimizer.apply(
      {
        centers: tf.tensor2d([
          [0.5, 0.5],
          [0, 0],
        ]),
      },
      0.1,
      rows([1, 0]),
    );
    const after = [...(await centers.data())];
    assert.notEqual(after[0], before[0]);
    assert.equal(after[2] === before[2], !name.startsWith('ADAM'), name);
  }
});
