// Functions that make tensors leave none behind on TensorFlow itself; on the embedded engine: test/unit/network.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { noTensorflow as skip, openTensorflow } from '../fixtures/tensorflowDevice';
import { calledDuring, tensorFunctions } from '../fixtures/tensorFunctions';
import { leavesNothing } from '../fixtures/tensorLeaks';
import { tensorSubjects, withoutSubject } from '../fixtures/tensorSubjects';

test('no tensor is left behind on TensorFlow, whether it ends well or a kernel fails', { skip }, async (t) => {
  const { tf } = await openTensorflow();
  const called = await calledDuring(async () => {
    for (const [name, work] of Object.entries(tensorSubjects(tf)))
      await t.test(name, async () => leavesNothing(tf, work));
  });
  await t.test('each function that works on tensors is called by a subject', () => {
    assert.deepEqual(withoutSubject(tensorFunctions('src'), called, 'tensorflow'), []);
  });
});
