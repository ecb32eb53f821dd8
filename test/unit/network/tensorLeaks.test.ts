// Functions that make tensors leave none behind, on the embedded engine; on TensorFlow: test/process/nativeLeaks.test.ts.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openWasm } from '../../../src/engine/wasm/openWasm';
import { calledDuring, tensorFunctions } from '../../fixtures/tensorFunctions';
import { leavesNothing } from '../../fixtures/tensorLeaks';
import { staleExceptions, tensorSubjects, withoutSubject } from '../../fixtures/tensorSubjects';

test('no tensor is left behind, whether it ends well or a kernel fails', async (t) => {
  const tf = await openWasm();
  const called = await calledDuring(async () => {
    for (const [name, work] of Object.entries(tensorSubjects(tf)))
      await t.test(name, async () => leavesNothing(tf, work));
  });
  await t.test('each function that works on tensors is called by a subject', () => {
    const all = tensorFunctions('src');
    assert.ok(all.length > 100, `${all.length}`);
    assert.deepEqual(withoutSubject(all, called, 'wasm'), [], 'test/fixtures/tensorSubjects.ts has to call them');
    assert.deepEqual(staleExceptions(all), []);
  });
});
