import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { openWasm } from '../../../../src/engine/wasm/openWasm';
import { clipByGlobalNorm } from '../../../../src/train/step/clipGradients';

async function clip(
  values: readonly (readonly number[])[],
  largest: number,
): Promise<{ norm: number; clipped: number[][]; left: number }> {
  const tf = await openWasm();
  const before = tf.memory().numTensors;
  const gradients = Object.fromEntries(values.map((value, i) => [`g${i}`, tf.tensor1d([...value])]));
  const result = tf.tidy(() => clipByGlobalNorm(tf, gradients, largest));
  const clipped = await Promise.all(Object.values(result.gradients).map(async (one) => [...(await one.data())]));
  const [norm] = await result.norm.data();
  tf.dispose([gradients, result.gradients, result.norm]);
  return { norm: norm!, clipped, left: tf.memory().numTensors - before };
}

const near = (actual: number, expected: number): void =>
  assert.ok(Math.abs(actual - expected) <= 1e-6 * Math.max(1, Math.abs(expected)), `${actual} is not ${expected}`);

test('what is longer together is shrunk by one factor, and no tensor is left', async () => {
  const { norm, clipped, left } = await clip([[3, 0], [-4], [12]], 6.5);
  near(norm, 13);
  assert.deepEqual(clipped, [[1.5, 0], [-2], [6]]);
  assert.equal(left, 0);
});

test('what is short enough stays as it is, to the last bit; nothing at all too', async () => {
  const { norm, clipped } = await clip([[0.1, -0.2], [0.3]], 5);
  near(norm, Math.sqrt(0.14));
  assert.deepEqual(clipped, [[Math.fround(0.1), Math.fround(-0.2)], [Math.fround(0.3)]]);
  assert.deepEqual((await clip([[0, 0]], 1)).clipped, [[0, 0]]);
});

test('the norm afterwards is the smaller one of norm and limit, and the direction is the same', async () => {
  const value = fc.double({ min: -100, max: 100, noNaN: true });
  const gradients = fc.array(fc.array(value, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(gradients, fc.double({ min: 0.01, max: 50, noNaN: true }), async (given, largest) => {
      const expected = Math.hypot(...given.flat());
      const { norm, clipped } = await clip(given, largest);
      near(norm, expected);
      near(Math.hypot(...clipped.flat()), Math.min(expected, largest));
      const factor = Math.min(1, largest / expected);
      given.flat().forEach((one, i) => near(clipped.flat()[i]!, expected === 0 ? 0 : one * factor));
    }),
    { numRuns: 50 },
  );
});
