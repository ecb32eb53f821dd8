import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RunEvent } from '../../../src/protocol/events';
import { checkpointFacts } from '../../../src/run/checkpointFacts';
import { runEvents } from '../../fixtures/webview/runEvents';

const saved = (step: number, time: number): RunEvent => ({
  type: 'checkpoint',
  time,
  step,
  prefix: `m-${step}`,
  best: false,
});

test('a checkpoint is known by the phase that has ended there, what was measured, and when it was saved', () => {
  const events = runEvents({ stepsPerEpoch: 20, logEvery: 20, seed: 7 });
  const facts = checkpointFacts([saved(0, 5), ...events]);
  assert.deepEqual([...facts.keys()], [0, 200, 400, 600, 760]);
  assert.deepEqual(facts.get(0), { accuracy: 0.9683, time: 5 });
  assert.deepEqual(facts.get(200)!.phase, { name: 'classifier', ended: false });
  assert.equal(facts.get(200)!.accuracy, undefined);
  const { phase, accuracy } = facts.get(760)!;
  assert.deepEqual([phase, accuracy], [{ name: 'last block', ended: true }, 0.9787]);
});

test('what a resumed run says again counts as it is said last', () => {
  assert.deepEqual(checkpointFacts([saved(10, 1000), saved(20, 2000), saved(10, 9000)]).get(10), { time: 9000 });
});
