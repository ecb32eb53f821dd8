// TensorFlow's own operations against the same rules composed of small ones, on TensorFlow itself.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Tensor, Tensor1D, Tensor4D } from '@tensorflow/tfjs-core';
import { openWasm } from '../../src/engine/wasm/openWasm';
import { GraphRecorder } from '../../src/network/recording/recordingBackend';
import { normalizeByBatch } from '../../src/network/tensorflow/batchNormalization';
import { concatenation, maxPooling, residualSum } from '../../src/network/tensorflow/joining';
import { convolution } from '../../src/network/tensorflow/linear';
import type { TensorFlow } from '../../src/network/tensorflow/tensorflow';
import type { OptimizerName } from '../../src/protocol/trainConfig';
import { clipByGlobalNorm } from '../../src/train/step/clipGradients';
import { NativeOptimizer } from '../../src/train/step/nativeOptimizer';
import { openOptimizer } from '../../src/train/step/openOptimizer';
import { Optimizer } from '../../src/train/step/optimizers';
import { noTensorflow as skip, openTensorflow } from '../fixtures/tensorflowDevice';

const names: OptimizerName[] = ['ADAGRAD', 'ADADELTA', 'ADAM', 'RMSPROP', 'MOM', 'ADAMW', 'SGDW'];
/** Decoupled decay of the variable; more than anybody uses, so that it is seen. */
const decays = new Map([['w', 0.5]]);
const rateFactors = new Map([['w', 0.7]]);
const steps = 20;

/** WebAssembly, as what computes from now on. */
async function wasm(): Promise<TensorFlow> {
  const tf = await openWasm();
  assert.ok(await tf.setBackend('wasm'));
  return tf;
}

/** A number between −1 and 1 that depends on its arguments alone. */
const wave = (i: number, step: number): number => Math.sin(1.7 * i + 0.9 * step + 0.1 * i * step);

const gradient = (tf: TensorFlow, step: number): Tensor =>
  tf.tensor2d(
    Float32Array.from({ length: 12 }, (_, i) => wave(i, step)),
    [3, 4],
  );

for (const name of names) {
  test(`${name}: TensorFlow's operation moves variables and slots as the composed rule does`, { skip }, async () => {
    const { tf } = await openTensorflow();
    const before = tf.memory().numTensors;
    const start = () => tf.tidy(() => tf.variable(tf.tensor2d(Float32Array.from({ length: 12 }, (_, i) => i / 6 - 1), [3, 4]))); // prettier-ignore
    const [ours, theirs] = [start(), start()];
    const composed = new Optimizer(tf, name, new Map([['w', ours]]), { decays, rateFactors });
    const native = openOptimizer(tf, name, new Map([['w', theirs]]), { decays, rateFactors });
    assert.ok(native instanceof NativeOptimizer);
    for (let step = 1; step <= steps; step++) {
      tf.tidy(() => composed.apply({ w: gradient(tf, step) }, 0.05));
      tf.tidy(() => native.apply({ w: gradient(tf, step) }, 0.05));
    }
    closeTo(await theirs.data(), await ours.data(), 1e-6);
    const [slots, nativeSlots] = [await composed.slotValues(), await native.slotValues()];
    assert.deepEqual([...nativeSlots.keys()].sort(), [...slots.keys()].sort());
    for (const [slot, { data }] of slots) closeTo(nativeSlots.get(slot)!.data, data, 1e-6);
    assert.deepEqual(native.namedScalars(), composed.namedScalars());
    composed.dispose();
    native.dispose();
    tf.dispose([ours, theirs]);
    assert.ok(tf.memory().numTensors <= before, 'an optimizer leaves no tensors behind');
  });

  test(`${name}: a new optimizer goes on from saved slots bit for bit`, { skip }, async () => {
    const { tf } = await openTensorflow();
    const run = async (interrupted: boolean): Promise<Float32Array> => {
      const w = tf.tidy(() => tf.variable(tf.fill([3, 4], 0.5)));
      let optimizer = openOptimizer(tf, name, new Map([['w', w]]), { decays, rateFactors });
      for (let step = 1; step <= steps; step++) {
        if (interrupted && step === 8) {
          const slots = new Map([...(await optimizer.slotValues())].map(([slot, { data }]) => [slot, data]));
          optimizer.dispose();
          optimizer = openOptimizer(tf, name, new Map([['w', w]]), { decays, rateFactors });
          optimizer.restore(step - 1, slots);
        }
        tf.tidy(() => optimizer.apply({ w: gradient(tf, step) }, 0.05));
      }
      optimizer.dispose();
      return (await w.data()) as Float32Array;
    };
    assert.deepEqual(await run(true), await run(false));
  });
}

test('a variable with a sparse gradient is moved by the composed rule', { skip }, async () => {
  const { tf } = await openTensorflow();
  const [w, centers] = [tf.variable(tf.ones([3, 4])), tf.variable(tf.ones([3, 4]))];
  const optimizer = openOptimizer(tf, 'RMSPROP', new Map([['w', w], ['centers', centers]]), { sparse: new Set(['centers']) }); // prettier-ignore
  const present = tf.tensor2d([1, 0, 1], [3, 1]);
  optimizer.apply({ w: gradient(tf, 1), centers: gradient(tf, 1) }, 0.1, { centers: present });
  const [dense, sparse] = [await w.data(), await centers.data()];
  assert.ok(dense.slice(4, 8).every((value) => value !== 1));
  assert.ok(sparse.slice(4, 8).every((value) => value === 1), 'a row without a gradient stays'); // prettier-ignore
  closeTo(sparse.slice(0, 4), dense.slice(0, 4), 1e-6);
  optimizer.dispose();
});

test('gradients are clipped to the same norm as on WebAssembly', { skip }, async () => {
  const { tf } = await openTensorflow();
  const clip = async (on: TensorFlow) => {
    const { gradients, norm } = on.tidy(() => clipByGlobalNorm(on, { a: gradient(on, 1), b: on.tensor1d([3, -4]) }, 2));
    return { norm: await norm.data(), a: await gradients.a!.data(), b: await gradients.b!.data() };
  };
  const [native, composed] = [await clip(tf), await clip(await wasm())];
  closeTo(native.norm, composed.norm, 1e-6, 'norm');
  closeTo(native.a, composed.a, 1e-6);
  closeTo(native.b, composed.b, 1e-6);
  assert.ok(Math.abs(Math.hypot(...native.a, ...native.b) - 2) < 1e-6);
});

test(
  'a graph adds a bias by the operation that TensorFlow joins with the convolution before it',
  { skip },
  async () => {
    const { tf } = await openTensorflow();
    const before = tf.memory().numTensors;
    const recorder = new GraphRecorder(tf);
    recorder.record(() => {
      const x = recorder.placeholder('x', 'float32', [2, 6, 6, 3]) as Tensor4D;
      const weights = recorder.placeholder('weights', 'float32', [1, 1, 3, 4]) as Tensor4D;
      const bias = recorder.placeholder('bias', 'float32', [4]) as Tensor1D;
      const window = { kernel: [1, 1], stride: [1, 1], padding: 'same' } as const;
      return convolution(tf, x, weights, bias, window, { relu: true, inputGradient: false });
    });
    const computed = recorder.graph.nodes.map(({ op }) => op).filter((op) => op !== 'Placeholder');
    assert.deepEqual(computed, ['Conv2D', 'BiasAdd', 'Relu']);
    assert.equal(tf.memory().numTensors, before);
  },
);

/** Results, gradients and statistics of everything that a layer of the network joins, on one engine. */
async function layer(tf: TensorFlow, relu: boolean): Promise<Record<string, Float32Array>> {
  const image = (phase: number): Tensor4D =>
    tf.tensor4d(
      Float32Array.from({ length: 2 * 6 * 6 * 3 }, (_, i) => wave(i, phase)),
      [2, 6, 6, 3],
    );
  const results: Record<string, Tensor> = {};
  const before = tf.memory().numTensors;
  const inputs = [image(1), image(2), tf.tensor1d([0.3, -0.2, 0.1])];
  const weights = tf.tensor4d(Float32Array.from({ length: 2 * 2 * 2 * 6 }, (_, i) => wave(i, 3)), [2, 2, 2, 6]); // prettier-ignore
  const value = (a: Tensor, b: Tensor, beta: Tensor): Tensor => {
    const y = normalizeByBatch(tf, a, beta as Tensor1D, {
      epsilon: 1e-3,
      relu,
      onStatistics: (mean, variance) => {
        results.mean ??= tf.keep(mean.clone());
        results.variance ??= tf.keep(variance.clone());
      },
    });
    const joined = concatenation(tf, [residualSum(tf, y, b, relu), b], -1) as Tensor4D;
    const pooled = maxPooling(tf, joined, { kernel: [3, 3], stride: [2, 2], padding: 'valid' });
    return tf.sum(tf.mul(pooled, weights));
  };
  const gradients = tf.grads(value)(inputs);
  ['a', 'b', 'beta'].forEach((input, i) => (results[input] = gradients[i]!));
  results.value = tf.tidy(() => value(inputs[0]!, inputs[1]!, inputs[2]!));
  const read = Object.entries(results).map(async ([key, tensor]) => [key, await tensor.data()] as const);
  const values = Object.fromEntries(await Promise.all(read)) as Record<string, Float32Array>;
  tf.dispose([results, inputs, weights]);
  assert.equal(tf.memory().numTensors, before, 'a layer leaves no tensors behind');
  return values;
}

for (const relu of [false, true]) {
  test(
    `fused batch norm, sums, joins and pools agree with WebAssembly, ${relu ? 'with' : 'without'} ReLU`,
    { skip },
    async () => {
      const { tf } = await openTensorflow();
      const native = await layer(tf, relu);
      const composed = await layer(await wasm(), relu);
      assert.deepEqual(Object.keys(native).sort(), Object.keys(composed).sort());
      for (const [key, values] of Object.entries(composed)) closeTo(native[key]!, values, 2e-5, key);
    },
  );
}

function closeTo(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number, what = 'value'): void {
  assert.equal(actual.length, expected.length);
  for (let i = 0; i < expected.length; i++) {
    const allowed = tolerance * Math.max(1, Math.abs(expected[i]!));
    assert.ok(Math.abs(actual[i]! - expected[i]!) <= allowed, `${what} ${i}: ${actual[i]} is not ${expected[i]}`);
  }
}
