// Functions that make tensors leave none behind, on the embedded engine; on TensorFlow: test/process/nativeLeaks.test.ts.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { openWasm } from '../../../src/engine/wasm/openWasm';
import { registerDividedKernels } from '../../../src/engine/wasm/threads/dividedKernels';
import { KernelThreads } from '../../../src/engine/wasm/threads/kernelThreads';
import { calledDuring, tensorFunctions } from '../../fixtures/tensorFunctions';
import { leavesNothing } from '../../fixtures/tensorLeaks';
import {
  differentiatedConvolution,
  staleExceptions,
  tensorSubjects,
  withoutSubject,
} from '../../fixtures/tensorSubjects';

test('no tensor is left behind, whether it ends well or a kernel fails', async (t) => {
  const tf = await openWasm();
  const called = await calledDuring(async () => {
    for (const [name, work] of Object.entries(tensorSubjects(tf)))
      await t.test(name, async () => leavesNothing(tf, work));
    await t.test('convolutions that are divided among threads', async () => {
      const threads = new KernelThreads(2);
      registerDividedKernels(threads);
      while (threads.ready() < 2) await sleep(20);
      await leavesNothing(tf, () => differentiatedConvolution(tf, [4, 32, 32, 16], 32));
    });
  });
  await t.test('each function that works on tensors is called by a subject', () => {
    const all = tensorFunctions('src');
    assert.ok(all.length > 100, `${all.length}`);
    assert.deepEqual(withoutSubject(all, called, 'wasm'), [], 'test/fixtures/tensorSubjects.ts has to call them');
    assert.deepEqual(staleExceptions(all), []);
  });
});
