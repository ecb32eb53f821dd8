import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Rank, Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { openWasm } from '../../../src/engine/wasm/openWasm';

interface ConvCase {
  x: [number, number, number, number];
  kernel: [number, number];
  out: number;
  stride: number;
  pad: 'same' | 'valid';
}

const cases: ConvCase[] = [
  { x: [3, 5, 5, 4], kernel: [1, 1], out: 6, stride: 1, pad: 'same' },
  { x: [2, 5, 6, 3], kernel: [3, 3], out: 5, stride: 1, pad: 'same' },
  { x: [2, 4, 6, 3], kernel: [1, 7], out: 5, stride: 1, pad: 'same' },
  { x: [2, 6, 4, 3], kernel: [7, 1], out: 2, stride: 1, pad: 'same' },
  { x: [2, 7, 7, 3], kernel: [3, 3], out: 5, stride: 1, pad: 'valid' },
  { x: [2, 8, 7, 3], kernel: [3, 3], out: 4, stride: 2, pad: 'valid' },
  { x: [2, 8, 7, 3], kernel: [7, 7], out: 4, stride: 2, pad: 'same' },
  { x: [2, 4, 4, 3], kernel: [1, 1], out: 4, stride: 2, pad: 'same' },
  { x: [2, 5, 5, 40], kernel: [2, 2], out: 3, stride: 1, pad: 'same' },
];

/** Value number i of a tensor of test data. */
const wave = (length: number, frequency: number): Float32Array =>
  Float32Array.from({ length }, (_, i) => Math.sin(i * frequency));

/** Gradients of Σ dy·conv(x, w), by their definition, in double precision. */
function directGradients(
  x: Float32Array,
  w: Float32Array,
  dy: Float32Array,
  size: ConvCase,
  outSize: readonly number[],
): { dx: Float64Array; dw: Float64Array } {
  const [batch, height, width, inputs] = size.x;
  const [kh, kw] = size.kernel;
  const [, oh, ow] = outSize as [number, number, number];
  const before = (n: number, k: number, o: number): number =>
    size.pad === 'valid' ? 0 : Math.floor(Math.max((o - 1) * size.stride + k - n, 0) / 2);
  const [top, left] = [before(height, kh, oh), before(width, kw, ow)];
  const dx = new Float64Array(x.length);
  const dw = new Float64Array(w.length);
  for (let n = 0; n < batch; n++)
    for (let oy = 0; oy < oh; oy++)
      for (let ox = 0; ox < ow; ox++)
        for (let ky = 0; ky < kh; ky++)
          for (let kx = 0; kx < kw; kx++) {
            const [y, column] = [oy * size.stride + ky - top, ox * size.stride + kx - left];
            if (y < 0 || y >= height || column < 0 || column >= width) continue;
            for (let i = 0; i < inputs; i++)
              for (let o = 0; o < size.out; o++) {
                const at = ((n * height + y) * width + column) * inputs + i;
                const tap = ((ky * kw + kx) * inputs + i) * size.out + o;
                const g = dy[((n * oh + oy) * ow + ox) * size.out + o]!;
                dx[at] = dx[at]! + g * w[tap]!;
                dw[tap] = dw[tap]! + g * x[at]!;
              }
          }
  return { dx, dw };
}

function assertClose(actual: ArrayLike<number>, expected: ArrayLike<number>, what: string): void {
  assert.equal(actual.length, expected.length);
  const scale = Math.max(1, ...Array.from(expected, Math.abs));
  for (let i = 0; i < expected.length; i++) {
    assert.ok(Math.abs(actual[i]! - expected[i]!) < 2e-6 * scale, `${what} ${i}: ${actual[i]} ≠ ${expected[i]}`);
  }
}

for (const example of cases) {
  const { x: xShape, kernel, out, stride, pad } = example;
  test(`gradients of a ${kernel.join('×')} convolution, stride ${stride}, ${pad}`, async () => {
    const tf = await openWasm();
    const before = tf.memory().numTensors;
    const x = tf.tensor4d(
      wave(
        xShape.reduce((a, b) => a * b),
        0.7,
      ),
      xShape,
    );
    const w = tf.tensor4d(wave(kernel[0] * kernel[1] * xShape[3] * out, 1.3), [...kernel, xShape[3], out]);
    const y = tf.conv2d(x, w, stride, pad);
    const dy = tf.tensor(wave(y.size, 2.1), y.shape);
    const gradients = tf.grads((a: Tensor, b: Tensor) =>
      tf.sum(tf.mul(tf.conv2d(a as Tensor4D, b as Tensor4D, stride, pad), dy)),
    );
    const [dx, dw] = gradients([x, w]);
    const expected = directGradients(
      x.dataSync() as Float32Array,
      w.dataSync() as Float32Array,
      dy.dataSync() as Float32Array,
      example,
      y.shape,
    );
    assertClose(dx!.dataSync(), expected.dx, 'input gradient');
    assertClose(dw!.dataSync(), expected.dw, 'filter gradient');
    tf.dispose([x, w, y, dy, dx!, dw!]);
    assert.equal(tf.memory().numTensors, before);
  });
}

test('a batch too large for one block of patches gives the same filter gradient', async () => {
  const tf = await openWasm();
  const x = tf.randomUniform<Rank.R4>([40, 80, 80, 8]);
  const dy = tf.randomUniform<Rank.R4>([40, 80, 80, 2]);
  const gradient = (images: Tensor4D, back: Tensor4D): Tensor =>
    tf
      .engine()
      .runKernel(
        'Conv2DBackpropFilter',
        { x: images, dy: back },
        { strides: [1, 1], pad: 'same', dataFormat: 'NHWC', filterShape: [3, 3, 8, 2] },
      );
  const whole = gradient(x, dy);
  const parts = tf.tidy(() =>
    tf.addN(
      [0, 10, 20, 30].map((start) =>
        gradient(tf.slice<Rank.R4, Tensor4D>(x, start, 10), tf.slice<Rank.R4, Tensor4D>(dy, start, 10)),
      ),
    ),
  );
  const difference = tf.tidy(() => tf.max(tf.div(tf.abs(tf.sub(whole, parts)), tf.max(tf.abs(whole)))).dataSync()[0]!);
  assert.ok(difference < 1e-4, `relative difference ${difference}`);
  tf.dispose([x, dy, whole, parts]);
});

for (const [transposeA, transposeB] of [
  [false, false],
  [true, false],
  [false, true],
  [true, true],
] as const) {
  test(`matrix product, transposed: ${transposeA}, ${transposeB}`, async () => {
    const tf = await openWasm();
    const [m, k, n] = [37, 41, 35];
    const a = tf.tensor2d(wave(m * k, 0.3), transposeA ? [k, m] : [m, k]);
    const b = tf.tensor2d(wave(k * n, 0.9), transposeB ? [n, k] : [k, n]);
    const [left, right] = [a.arraySync(), b.arraySync()];
    const expected = Array.from({ length: m * n }, (_, i) => {
      const [row, column] = [Math.floor(i / n), i % n];
      let sum = 0;
      for (let j = 0; j < k; j++)
        sum += (transposeA ? left[j]![row]! : left[row]![j]!) * (transposeB ? right[column]![j]! : right[j]![column]!);
      return sum;
    });
    const product = tf.matMul(a, b, transposeA, transposeB);
    assert.deepEqual(product.shape, [m, n]);
    assertClose(product.dataSync(), expected, 'product');
    tf.dispose([a, b, product]);
  });
}

for (const axes of [[0], [1, 2], [0, 1, 2], [3], [0, 2], [0, 1, 2, 3]]) {
  test(`sum and mean over the axes ${axes.join(', ')}`, async () => {
    const tf = await openWasm();
    const shape = [3, 4, 2, 5];
    const x = tf.tensor4d(wave(120, 0.4), shape as [number, number, number, number]);
    const values = x.dataSync();
    const kept = shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
    const expected = new Float64Array(kept.reduce((a, b) => a * b));
    values.forEach((value, i) => {
      const index = [Math.floor(i / 40), Math.floor(i / 10) % 4, Math.floor(i / 5) % 2, i % 5].map((at, axis) =>
        axes.includes(axis) ? 0 : at,
      );
      const to = index.reduce((offset, at, axis) => offset * kept[axis]! + at, 0);
      expected[to] = expected[to]! + value;
    });
    const [sum, mean] = [tf.sum(x, axes, true), tf.mean(x, axes)];
    assert.deepEqual(sum.shape, kept);
    assert.deepEqual(
      mean.shape,
      shape.filter((_, axis) => !axes.includes(axis)),
    );
    assertClose(sum.dataSync(), expected, 'sum');
    assertClose(
      mean.dataSync(),
      expected.map((value) => (value * expected.length) / 120),
      'mean',
    );
    tf.dispose([x, sum, mean]);
  });
}

test('the squares of millions of weights are added up without losing digits', async () => {
  const tf = await openWasm();
  const before = tf.memory().numTensors;
  const values = Float32Array.from({ length: 2 * 1_500_007 }, (_, i) => 0.01 + 1e-4 * Math.sin(i));
  const x = tf.tensor2d(values, [2, 1_500_007]);
  const rows = [0, 1].map((row) =>
    values.subarray(row * 1_500_007, (row + 1) * 1_500_007).reduce((sum, value) => sum + value ** 2, 0),
  );
  const near = (actual: ArrayLike<number>, expected: number[]): void =>
    expected.forEach((value, i) => assert.ok(Math.abs(actual[i]! / value - 1) < 1e-6, `${actual[i]}, not ${value}`));
  const squares = tf.square(x);
  const sums = [tf.sum(squares), tf.sum(squares, 1), tf.mean(squares, [0, 1], true), tf.sum(squares, 1, true)];
  near(sums[0]!.dataSync(), [rows[0]! + rows[1]!]);
  near(sums[1]!.dataSync(), rows);
  near(sums[2]!.dataSync(), [(rows[0]! + rows[1]!) / values.length]);
  assert.deepEqual(
    sums.map(({ shape }) => shape),
    [[], [2], [1, 1], [2, 1]],
  );
  tf.dispose([x, squares, ...sums]);
  assert.equal(tf.memory().numTensors, before);
});
