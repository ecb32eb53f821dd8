import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Tensor } from '@tensorflow/tfjs-core';
import { estimateMemory } from '../../../../src/train/plan/memory';
import { openWasm } from '../../../../src/engine/wasm/openWasm';
import { describe, isTrained } from '../../../../src/network/describe';
import { initializeVariable } from '../../../../src/network/initialize';
import { logitsStage } from '../../../../src/network/classifiers';
import { networkByName } from '../../../../src/network/registry';
import { forward } from '../../../../src/network/tensorflow/forward';
import type { OptimizerName } from '../../../../src/protocol/trainConfig';

interface WasmMemory {
  _malloc(bytes: number): number;
  _free(offset: number): void;
}

/** Counts the bytes that live on the backend's heap from now on; tfjs's own count takes views for data. */
function countHeap(wasm: WasmMemory): { live: () => number; stop: () => void } {
  const sizes = new Map<number, number>();
  const _malloc = wasm._malloc.bind(wasm);
  const _free = wasm._free.bind(wasm);
  wasm._malloc = (bytes) => {
    const offset = _malloc(bytes);
    sizes.set(offset, bytes);
    return offset;
  };
  wasm._free = (offset) => {
    sizes.delete(offset);
    _free(offset);
  };
  const live = (): number => [...sizes.values()].reduce((sum, bytes) => sum + bytes, 0);
  return { live, stop: () => Object.assign(wasm, { _malloc, _free }) };
}

for (const batchNorm of ['frozen', 'update'] as const) {
  test(`the estimate is near what a step of squeezenet keeps, batch norm ${batchNorm}`, async () => {
    const tf = await openWasm();
    const network = networkByName('squeezenet');
    const batchSize = 4;
    const { variables } = describe(network);
    const tensors = new Map(
      variables.map((spec) => {
        const { data, shape } = initializeVariable(spec, Math.random);
        return [spec.name, tf.tidy(() => tf.variable(tf.tensor(data, [...shape]), isTrained(spec)))];
      }),
    );
    const x = tf.zeros([batchSize, 160, 160, 3]);
    const heap = countHeap((tf.backend() as unknown as { wasm: WasmMemory }).wasm);
    let kept = 0;
    const step = tf.variableGrads(() => {
      const y: Tensor = forward(tf, network.stages, x, tensors, { training: true, batchNorm });
      kept = heap.live();
      return tf.sum(y);
    });
    heap.stop();
    const estimate = estimateMemory(network, {
      head: [logitsStage(5)],
      cut: 0,
      imageSize: 160,
      batchSize,
      optimizer: 'ADAM',
      batchNorm,
    });
    assert.ok(Math.abs(estimate.activations / kept - 1) < 0.25, `estimated ${estimate.activations}, kept ${kept}`);
    assert.ok(estimate.total > estimate.activations + estimate.variables);
    tf.dispose([x, step.value, step.grads]);
    tensors.forEach((tensor) => tensor.dispose());
  });
}

test('the variables of a step are counted with their gradients and with the slots that their optimizer has', () => {
  const network = networkByName('squeezenet');
  const bytesOf = (optimizer: OptimizerName): number =>
    estimateMemory(network, {
      ...{ head: [logitsStage(5)], cut: 0, imageSize: 160, batchSize: 4, batchNorm: 'frozen' as const },
      optimizer,
    }).variables;
  const perSlot = bytesOf('ADAGRAD') / 3;
  assert.equal(bytesOf('SGDW'), 3 * perSlot);
  assert.equal(bytesOf('ADAMW'), 4 * perSlot);
});
