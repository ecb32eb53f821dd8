import {
  getKernel,
  registerKernel,
  unregisterKernel,
  type Rank,
  type ShapeMap,
  type Tensor,
  type Tensor4D,
} from '@tensorflow/tfjs-core';
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { openWasm } from '../../../src/engine/wasm/openWasm';
import { registerDividedKernels } from '../../../src/engine/wasm/threads/dividedKernels';
import { KernelThreads, type ThreadOptions } from '../../../src/engine/wasm/threads/kernelThreads';
import { counters } from '../../../src/engine/wasm/threads/messages';
import { threadsHere } from '../../../src/engine/wasm/threads/threadsHere';
import { temporaryFolder } from '../../fixtures/temporaryFolder';

const folder = temporaryFolder();

type Engine = Awaited<ReturnType<typeof openWasm>>;

const names = ['Conv2D', 'FusedConv2D', 'Conv2DBackpropInput', 'Conv2DBackpropFilter'];

/** The kernels divided among threads that are all ready, until the test ends. */
async function divided(context: TestContext, count: number, options?: ThreadOptions): Promise<KernelThreads> {
  const shipped = names.map((name) => getKernel(name, 'wasm'));
  const threads = new KernelThreads(count, options);
  registerDividedKernels(threads);
  context.after(() => {
    for (const kernel of shipped) {
      unregisterKernel(kernel.kernelName, 'wasm');
      registerKernel(kernel);
    }
  });
  while (threads.ready() < count) await setTimeout(20);
  return threads;
}

/** Within ±1, from a linear congruence: the library's own generator takes microseconds for a value. */
function randomTensor<R extends Rank>(tf: Engine, shape: ShapeMap[R], seed: number): Tensor<R> {
  const values = new Float32Array(shape.reduce((product, size) => product * size, 1));
  let state = seed;
  for (let i = 0; i < values.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    values[i] = state / 2 ** 31 - 1;
  }
  return tf.tensor(values, shape);
}

interface Example {
  x: [number, number, number, number];
  filter: [number, number, number, number];
  stride: number;
  pad: 'same' | 'valid';
}

const examples: Example[] = [
  { x: [7, 17, 17, 96], filter: [3, 3, 96, 40], stride: 1, pad: 'same' },
  { x: [5, 35, 35, 64], filter: [3, 3, 64, 64], stride: 2, pad: 'valid' },
  { x: [9, 17, 17, 130], filter: [1, 1, 130, 64], stride: 1, pad: 'same' },
  { x: [6, 17, 17, 64], filter: [1, 7, 64, 64], stride: 1, pad: 'same' },
  // More than one group of images, in more than one round.
  { x: [24, 80, 80, 6], filter: [3, 3, 6, 40], stride: 1, pad: 'same' },
];

/** A convolution with bias and ReLU, and the gradients of what comes out. */
function compute(tf: Engine, { x, filter, stride, pad }: Example): Float32Array[] {
  let values: Float32Array[] = [];
  tf.tidy(() => {
    const [images, weights] = [randomTensor<Rank.R4>(tf, x, 1), randomTensor<Rank.R4>(tf, filter, 2)];
    const bias = randomTensor<Rank.R1>(tf, [filter[3]], 3);
    const fused = tf.fused.conv2d({ x: images, filter: weights, strides: stride, pad, bias, activation: 'relu' });
    const plain = tf.conv2d(images, weights, stride, pad);
    const errors = randomTensor<Rank.R4>(tf, plain.shape, 4);
    const gradients = tf.grads((a: Tensor, b: Tensor) =>
      tf.sum(tf.mul(tf.conv2d(a as Tensor4D, b as Tensor4D, stride, pad), errors)),
    )([images, weights]);
    // As a result of the tidy each value would be looked at.
    values = [fused, plain, ...gradients].map((tensor) => tensor.dataSync().slice() as Float32Array);
  });
  return values;
}

function assertSameDigits(actual: readonly Float32Array[], expected: readonly Float32Array[]): void {
  const bytes = (values: Float32Array): Buffer => Buffer.from(values.buffer, values.byteOffset, values.byteLength);
  assert.equal(actual.length, expected.length);
  for (const [index, values] of expected.entries())
    assert.ok(bytes(actual[index]!).equals(bytes(values)), `tensor ${index} has other digits`);
}

for (const example of examples) {
  const { x, filter, stride, pad } = example;
  test(`threads change no digit of ${filter.join('×')} over ${x.join('×')}, stride ${stride}, ${pad}`, async (context) => {
    const tf = await openWasm();
    const alone = compute(tf, example);
    await divided(context, 3);
    const before = tf.engine().backend.numDataIds();
    const together = compute(tf, example);
    assertSameDigits(together, alone);
    assert.equal(tf.engine().backend.numDataIds(), before, 'tensors are left on the heap');
  });
}

/** A program that takes itself for a thread of the engine, and does `answer` when it is asked. */
async function program(name: string, answer: string): Promise<string> {
  const file = join(folder, `${name}.cjs`);
  await writeFile(
    file,
    `const { receiveMessageOnPort, workerData } = require('node:worker_threads');
    const counts = new Int32Array(workerData.counters);
    Atomics.store(counts, ${counters.isReady}, 1);
    Atomics.wait(counts, ${counters.asked}, 0);
    receiveMessageOnPort(workerData.port);
    ${answer}`,
  );
  return file;
}

const warnings: string[] = [];
process.on('warning', ({ message }) => warnings.push(message));

for (const [what, answer, reason] of [
  [
    'fails',
    `workerData.port.postMessage({ failure: 'no memory' });
    Atomics.add(counts, ${counters.answered}, 1);
    Atomics.notify(counts, ${counters.answered});`,
    /given up, the others go on: no memory/,
  ],
  ['does not answer', 'Atomics.wait(counts, 0, 1);', /given up, the others go on: no answer for/],
] as const) {
  test(`what a thread ${what} at is done by its host, and it is not asked again`, async (context) => {
    const tf = await openWasm();
    const alone = compute(tf, examples[0]!);
    const threads = await divided(context, 3, { program: await program(what, answer), leastMilliseconds: 100 });
    warnings.length = 0;
    const together = compute(tf, examples[0]!);
    assertSameDigits(together, alone);
    assert.equal(threads.ready(), 1);
    await setTimeout(50);
    assert.match(warnings.join('\n'), reason);
  });
}

test('an error of the host leaves no answer behind', async (context) => {
  const tf = await openWasm();
  const threads = await divided(context, 2);
  const alone = compute(tf, examples[2]!);
  const part = (value: number): Parameters<KernelThreads['run']>[0][number] => ({
    kernel: 'Conv2D',
    attrs: { strides: [1, 1], pad: 'same', dataFormat: 'NHWC', dilations: [1, 1] },
    shapes: { x: [1, 4, 4, 1], filter: [1, 1, 1, 1] },
    write: (_, values) => void values.fill(value),
    take: (output) => assert.equal(output[0], value * value),
  });
  const fails = (): never => {
    throw new Error('here');
  };
  assert.throws(() => threads.run([part(1), part(2)], fails), /here/);
  threads.run([part(1), part(3)], () => undefined);
  assertSameDigits(compute(tf, examples[2]!), alone);
});

test('how many threads there are is said by the environment, or found', () => {
  assert.equal(threadsHere('3'), 3);
  assert.equal(threadsHere('1'), 1);
  assert.equal(threadsHere('0'), threadsHere(''));
  assert.ok(threadsHere('') >= 1 && threadsHere('') <= 8);
});
