import assert from 'node:assert/strict';
import { test } from 'node:test';
import { onnxForward, tensorflowForward, type FrozenPart } from '../../../src/engine/forwardEngine';
import { explainStepFailure } from '../../../src/engine/outOfMemory';
import { openWasm } from '../../../src/engine/wasm/openWasm';
import { describe } from '../../../src/network/describe';
import { networkByName } from '../../../src/network/registry';
import { UserError } from '../../../src/protocol/errors';
import { shapeBefore } from '../../../src/network/stageShape';
import { regenerableWeights } from '../../fixtures/regenerableWeights';

const network = networkByName('squeezenet');
const weights = regenerableWeights(describe(network).variables);
const end = network.stages.length;
const middle = network.stages.findIndex(({ name }) => name === 'fire5');
const count = 3;
const imageSize = 64;

const parts: Record<string, Omit<FrozenPart, 'inputShape'>> = {
  'the first stages': { from: 0, to: middle },
  'the last stages': { from: middle, to: end },
  embeddings: { from: 0, to: end, output: 'embeddings' },
};

for (const [name, part] of Object.entries(parts)) {
  test(`TensorFlow.js gives ${name} as ONNX Runtime does, and frees what it took`, async () => {
    const tf = await openWasm();
    const before = tf.memory().numTensors;
    const inputShape = shapeBefore(network, part.from, imageSize);
    const shape = [count, ...inputShape];
    const input = Float32Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => Math.sin(i * 0.37));
    const results = [];
    for (const engine of [onnxForward, tensorflowForward(tf, 'WebAssembly')]) {
      const session = await engine.open(network, weights, { ...part, inputShape });
      await session.run(input, shape);
      results.push(...(await session.run(input, shape)));
      await session.dispose();
    }
    const [expected, actual] = results;
    assert.deepEqual(actual!.shape, expected!.shape);
    const scale = expected!.data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const off = expected!.data.reduce((most, value, i) => Math.max(most, Math.abs(value - actual!.data[i]!)), 0);
    assert.ok(scale > 0 && off < 1e-5 * scale, `${off} of ${scale}`);
    assert.equal(tf.memory().numTensors, before);
  });
}

test('a variable that is missing is named before anything is computed', async () => {
  const tf = await openWasm();
  const few = new Map([...weights].slice(0, 5));
  const part = { from: 0, to: end, inputShape: [imageSize, imageSize, 3] };
  for (const engine of [onnxForward, tensorflowForward(tf, 'WebAssembly')]) {
    await assert.rejects(async () => engine.open(network, few, part), UserError);
  }
});

test('exhausted memory is a sentence with the batch size; other failures stay as they are', () => {
  const raw = new Error(
    'Invalid TF_Status: 8\nMessage: OOM when allocating tensor with shape[4096,35,35,256] and type float on GPU:0',
  );
  const told = explainStepFailure(raw, 'TensorFlow 2.21.0 on the GPU', 'all', 4096);
  assert.ok(told instanceof UserError);
  assert.match(told.message, /^TensorFlow 2\.21\.0 on the GPU has too little free memory .* 4096 images at a time/);
  assert.equal(told.cause, raw);
  const other = new Error('Invalid TF_Status: 3');
  assert.equal(explainStepFailure(other, 'TensorFlow', 'all', 1), other);
});
