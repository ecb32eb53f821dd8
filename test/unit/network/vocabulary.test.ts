import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openOnnxSession } from '../../../src/engine/onnx';
import { openWasm } from '../../../src/engine/wasm/openWasm';
import { describeChain } from '../../../src/network/describe';
import type { Chain } from '../../../src/network/ops';
import { exportOnnx } from '../../../src/network/onnx/exportOnnx';
import { forward } from '../../../src/network/tensorflow/forward';
import { regenerableWeights } from '../../fixtures/regenerableWeights';
import { wordChain, wordInput, words } from '../../fixtures/vocabulary';

const inputShape = wordInput.shape.slice(1);
const input = wordInput.data;

for (const [name, word] of Object.entries(words)) {
  test(`${name}: the same in ONNX and WebAssembly, of the described shape`, async () => {
    const chain = wordChain(word);
    const { stages, variables } = describeChain(chain, inputShape);
    const weights = regenerableWeights(variables);
    const session = await openOnnxSession(exportOnnx(chain, weights, { inputShape }), { threads: 1 });
    const [onnx] = await session.run(input, [2, ...inputShape]);
    await session.dispose();

    const tf = await openWasm();
    const before = tf.memory().numTensors;
    const tensors = new Map([...weights].map(([key, { data, shape }]) => [key, tf.tensor(data, [...shape])]));
    const x = tf.tensor(input, [2, ...inputShape]);
    const y = forward(tf, chain.stages, x, tensors);
    const wasm = { data: await y.data(), shape: y.shape };
    tf.dispose([x, y, ...tensors.values()]);
    assert.equal(tf.memory().numTensors, before, 'leaves no tensors behind');

    assert.deepEqual(wasm.shape, [2, ...stages[0]!.outputShape]);
    assert.deepEqual(onnx!.shape, wasm.shape);
    onnx!.data.forEach((value, i) =>
      assert.ok(Math.abs(value - wasm.data[i]!) < 1e-5, `element ${i}: ${value} ≠ ${wasm.data[i]}`),
    );
  });
}

test('a sliding network takes images of any size and gives several named heads', async () => {
  const chain: Chain = {
    inputChannels: 3,
    stages: [
      {
        name: 'p',
        build: (o, x) => {
          const y = o.maxPool(o.prelu(o.conv2d(x, 4, 3, 'c', { padding: 'valid' }), 'p'), 2, { padding: 'same' });
          o.output('reg', o.conv2d(y, 4, 1, 'reg', { biases: true }));
          return o.output('prob', o.softmax(o.conv2d(y, 2, 1, 'prob', { biases: true })));
        },
      },
    ],
  };
  const weights = regenerableWeights(describeChain(chain, [9, 9, 3]).variables);
  const session = await openOnnxSession(exportOnnx(chain, weights), { threads: 1, dynamicShapes: true });
  for (const [height, width] of [
    [12, 9],
    [7, 30],
  ] as const) {
    const [reg, prob] = await session.run(new Float32Array(height * width * 3).fill(0.5), [1, height, width, 3]);
    const size = [Math.ceil((height - 2) / 2), Math.ceil((width - 2) / 2)];
    assert.deepEqual(reg!.shape, [1, ...size, 4]);
    assert.deepEqual(prob!.shape, [1, ...size, 2]);
    assert.ok(Math.abs(prob!.data[0]! + prob!.data[1]! - 1) < 1e-6);
  }
  await session.dispose();
});

test('a model without a variable of the network is refused by name', () => {
  const chain: Chain = { inputChannels: 3, stages: [{ name: 's', build: (o, x) => o.conv2d(x, 4, 1, 'first') }] };
  assert.throws(() => exportOnnx(chain, new Map()), /no variable first\/weights/);
  const wrong = new Map([['first/weights', { shape: [1, 1, 3, 5], data: new Float32Array(15) }]]);
  assert.throws(() => exportOnnx(chain, wrong), /first\/weights has shape \[1, 1, 3, 5\]/);
});
