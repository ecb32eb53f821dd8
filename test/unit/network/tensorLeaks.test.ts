// Functions that make tensors leave none behind, on the embedded engine; on TensorFlow: test/process/nativeLeaks.test.ts.
import { test } from 'node:test';
import { openWasm } from '../../../src/engine/wasm/openWasm';
import { leavesNothing } from '../../fixtures/tensorLeaks';
import { tensorSubjects } from '../../fixtures/tensorSubjects';

test('no tensor is left behind, whether it ends well or a kernel fails', async (t) => {
  const tf = await openWasm();
  for (const [name, work] of Object.entries(tensorSubjects(tf)))
    await t.test(name, async () => leavesNothing(tf, work));
});
