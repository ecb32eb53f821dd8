import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UserError } from '../../../../src/protocol/errors';
import { stepKind } from '../../../../src/train/step/openTrainer';

const tensorflow = { name: 'tfjs-node', gpu: false } as const;
const graphics = { name: 'tfjs-node-gpu', gpu: true } as const;
const wasm = { name: 'wasm', gpu: false } as const;

const isGraph = (
  engine: Parameters<typeof stepKind>[0],
  hasTriplets: boolean,
  asked?: string,
  isShared = false,
): boolean => stepKind(engine, { hasTriplets, isShared }, asked).asGraph;

test('TensorFlow trains with graphs, unless batches have any size or operations are asked for', () => {
  assert.ok(isGraph(tensorflow, false));
  assert.ok(isGraph(tensorflow, false, 'graph'));
  assert.ok(!isGraph(tensorflow, true));
  assert.ok(!isGraph(tensorflow, false, 'eager'));
  assert.ok(!isGraph(wasm, false));
  assert.match(
    stepKind(tensorflow, { hasTriplets: false, isShared: false }, 'eager').description,
    /FACENET_STEP=eager/,
  );
});

test('a GPU is given graphs where they are asked for', () => {
  assert.ok(!isGraph(graphics, false));
  assert.ok(isGraph(graphics, false, 'graph'));
  assert.ok(!isGraph(graphics, true, 'graph'));
});

test('ranks share a step in two calls', () => {
  const { asGraph, description } = stepKind(tensorflow, { hasTriplets: false, isShared: true }, undefined);
  assert.ok(asGraph);
  assert.match(description, /two calls of a TensorFlow graph/);
});

test('what takes graphs is given them, and refused where there are none', () => {
  const wants = { hasTriplets: false, isShared: false };
  const bfloat16 = { precision: 'bfloat16', xla: 'off' } as const;
  const compiled = { precision: 'float32', xla: 'on' } as const;
  assert.match(stepKind(tensorflow, { ...wants, computation: bfloat16 }, undefined).description, /graph.*in bfloat16$/);
  assert.match(
    stepKind(graphics, { ...wants, computation: compiled }, undefined).description,
    /graph, compiled by XLA$/,
  );
  for (const computation of [bfloat16, compiled]) {
    assert.throws(() => stepKind(wasm, { ...wants, computation }, undefined), UserError);
    assert.throws(() => stepKind(tensorflow, { ...wants, computation }, 'eager'), UserError);
    assert.throws(() => stepKind(tensorflow, { ...wants, hasTriplets: true, computation }, undefined), UserError);
  }
  const tf32 = { precision: 'tf32', xla: 'off' } as const;
  assert.match(stepKind(graphics, { ...wants, computation: tf32 }, undefined).description, /^one operation.*in TF32$/);
});

test('another way to compute a step is refused', () => {
  assert.throws(() => stepKind(wasm, { hasTriplets: false, isShared: false }, 'graf'), UserError);
});
