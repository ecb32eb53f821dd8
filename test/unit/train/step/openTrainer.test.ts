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

test('TensorFlow trains with graphs, triplets too, unless operations are asked for', () => {
  for (const hasTriplets of [false, true]) {
    assert.ok(isGraph(tensorflow, hasTriplets));
    assert.ok(isGraph(tensorflow, hasTriplets, 'graph'));
    assert.ok(isGraph(tensorflow, hasTriplets, undefined, true));
    assert.ok(!isGraph(tensorflow, hasTriplets, 'eager'));
  }
  assert.ok(!isGraph(wasm, false));
  assert.match(
    stepKind(tensorflow, { hasTriplets: false, isShared: false }, 'eager').description,
    /FACENET_STEP=eager/,
  );
});

test('the first graph of a phase is checked on a GPU, unless it is asked for', () => {
  for (const hasTriplets of [false, true]) {
    const of = (engine: typeof tensorflow | typeof graphics, asked?: string) =>
      stepKind(engine, { hasTriplets, isShared: false }, asked);
    assert.ok(of(graphics).asGraph && of(graphics).isChecked);
    assert.match(of(graphics).description, /; the first of each phase is compared with one operation after another$/);
    assert.ok(of(graphics, 'graph').asGraph && !of(graphics, 'graph').isChecked);
    assert.ok(!of(graphics, 'eager').asGraph && !of(graphics, 'eager').isChecked);
    assert.ok(of(tensorflow).asGraph && !of(tensorflow).isChecked);
  }
  assert.ok(!isGraph(graphics, false, undefined, true), 'a shared step would be exchanged twice');
  assert.ok(isGraph(graphics, false, 'graph', true));
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
  }
  const tf32 = { precision: 'tf32', xla: 'off' } as const;
  assert.match(stepKind(graphics, { ...wants, computation: tf32 }, 'eager').description, /^one operation.*in TF32$/);
  assert.match(
    stepKind(graphics, { ...wants, computation: tf32 }, undefined).description,
    /^one call.*in TF32; the first/,
  );
});

test('what is left of a round of triplets is no graph, which is said', () => {
  const describe = (precision: 'float32' | 'bfloat16', isShared = false): string => {
    const computation = { precision, xla: 'off' } as const;
    return stepKind(tensorflow, { hasTriplets: true, isShared, computation }, undefined).description;
  };
  assert.match(describe('float32'), /^one call of a TensorFlow graph; what is left of a round one .* after another$/);
  assert.match(describe('float32', true), /^two calls of a TensorFlow graph, .*; what is left of a round /);
  assert.match(describe('bfloat16'), /products in bfloat16; what is left of a round .* after another, in float32$/);
});

test('another way to compute a step is refused', () => {
  assert.throws(() => stepKind(wasm, { hasTriplets: false, isShared: false }, 'graf'), UserError);
});
