import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { RunEvent, StepEvent } from '../../../src/protocol/events';
import {
  type RunSeries,
  appendEvents,
  emptySeries,
  isMeasured,
  lowerBound,
  nearestIndex,
  seriesFrom,
  snapshotOf,
} from '../../../src/series/runSeries';
import { runEvents } from '../../fixtures/webview/runEvents';
import { seriesOf } from '../../fixtures/webview/snapshots';

const whole = runEvents({ stepsPerEpoch: 10, logEvery: 1, seed: 5 });

function step(number: number, loss: number | null = 1): StepEvent {
  return {
    type: 'step',
    time: number,
    step: number,
    epoch: 1,
    phase: 'classifier',
    loss,
    crossEntropy: loss,
    regularization: 0,
    accuracy: 0.5,
    learningRate: 0.1,
    imagesPerSecond: 10,
  };
}

function lfw(at: number): RunEvent {
  const rates = { accuracy: 0.9, accuracyStd: 0.01, validationRate: 0.8, far: 0.001, auc: 0.95 };
  return { type: 'lfw', time: at, step: at, ...rates, report: `evaluations/lfw-${at}.json` };
}

const phase = (name: string, at: number, boundary: 'start' | 'end'): RunEvent => ({
  type: 'phase',
  time: at,
  step: at,
  name,
  trainableFrom: name,
  epochs: 1,
  boundary,
});

test('events in any number of parts give the series of all at once', () => {
  const expected = snapshotOf(seriesOf(whole));
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 20 }), (sizes) => {
      const series = emptySeries();
      let at = 0;
      for (const size of sizes) {
        appendEvents(series, whole.slice(at, at + size));
        at += size;
      }
      appendEvents(series, whole.slice(at));
      assert.deepEqual(snapshotOf(series), expected);
    }),
    { numRuns: 50 },
  );
});

test('a page that takes a snapshot and follows the rest has the series of its host', () => {
  const host = emptySeries();
  let page: RunSeries = emptySeries();
  for (const [index, event] of whole.entries()) {
    appendEvents(host, [event]);
    if (index === 100 || index === 333) page = seriesFrom(structuredClone(snapshotOf(host)));
    else if (index > 100) appendEvents(page, [event]);
  }
  assert.deepEqual(snapshotOf(page), snapshotOf(host));
});

test('a whole run becomes columns of equal length, phases with both ends, and one best checkpoint', () => {
  const { steps, lfw: evaluations, phases, checkpoints, validation, latestStep } = seriesOf(whole);
  assert.equal(steps.length, 380);
  for (const column of Object.values(steps.snapshot())) assert.equal(column.length, 380);
  assert.deepEqual(
    [...validation.column('step')],
    Array.from({ length: 19 }, (_, index) => 20 * (index + 1)),
  );
  assert.deepEqual(
    phases.map(({ name, start, end }) => [name, start, end]),
    [
      ['classifier', 0, 300],
      ['last block', 300, 380],
    ],
  );
  assert.deepEqual(
    evaluations.map((evaluation) => evaluation.step),
    [0, 300, 380],
  );
  assert.deepEqual(
    checkpoints.filter((mark) => mark.best).map((mark) => mark.step),
    [380],
  );
  assert.equal(latestStep?.step, 380);
});

test('a resumed run replaces what it logged beyond its checkpoint', () => {
  const series = seriesOf([
    phase('classifier', 0, 'start'),
    lfw(0),
    ...[1, 2, 3, 4, 5].map((number) => step(number)),
    { type: 'validation', time: 4, step: 4, epoch: 1, loss: 1, crossEntropy: 1, accuracy: 0.4 },
    { type: 'checkpoint', time: 2, step: 2, prefix: 'ckpt-2', best: false },
    { type: 'checkpoint', time: 4, step: 4, prefix: 'ckpt-4', best: true },
    phase('classifier', 2, 'start'),
    step(3, 7),
  ]);
  assert.deepEqual([...series.steps.column('step')], [1, 2, 3]);
  assert.deepEqual([...series.steps.column('loss')], [1, 1, 7]);
  assert.equal(series.validation.length, 0);
  assert.deepEqual(
    series.checkpoints.map((mark) => mark.step),
    [2],
  );
  assert.deepEqual(
    series.lfw.map((evaluation) => evaluation.step),
    [0],
  );
  assert.deepEqual(
    series.phases.map(({ name, start, end }) => [name, start, end]),
    [['classifier', 0, undefined]],
  );
});

test('a recovery stays where it happened although its steps are logged again, and is a message to look at', () => {
  const message = 'Step 3 was killed for want of memory; the run goes on from step 1.';
  const { recoveries, messages, steps } = seriesOf([
    step(1),
    step(2),
    { type: 'recovery', time: 3, cause: 'memory', step: 3, message, microBatch: 45 },
    step(2, 7),
  ]);
  assert.deepEqual(recoveries, [{ step: 3, cause: 'memory' }]);
  assert.deepEqual(messages, [{ time: 3, level: 'warning', message }]);
  assert.deepEqual([...steps.column('loss')], [1, 7]);
});

test('an alarm is a mark at its step and a message to look at', () => {
  const message = 'Step 3 was not applied.';
  const { alarms, messages } = seriesOf([
    step(1),
    step(2),
    { type: 'alarm', time: 3, what: 'diverged', step: 3, message },
  ]);
  assert.deepEqual(alarms, [{ step: 3, what: 'diverged' }]);
  assert.deepEqual(messages, [{ time: 3, level: 'warning', message }]);
});

test('a phase begins without the progress of the one before', () => {
  const progress = { activity: 'Training classifier', done: 300, total: 300, unit: 'images' };
  const { progress: left } = seriesOf([
    phase('classifier', 0, 'start'),
    { type: 'progress', time: 1, ...progress },
    phase('classifier', 10, 'end'),
    phase('last block', 10, 'start'),
  ]);
  assert.equal(left, undefined);
});

test('lines of the script are no messages', () => {
  const { messages } = seriesOf([
    { type: 'log', time: 1, level: 'info', message: 'Epoch: [1][3/9]\tTime 0.1\tLoss 2.3', script: true },
    { type: 'log', time: 2, level: 'info', message: 'The classifier is new.' },
  ]);
  assert.deepEqual(messages, [{ time: 2, level: 'info', message: 'The classifier is new.' }]);
});

test('a run resumed in its first phase takes back the second', () => {
  const { phases } = seriesOf([
    phase('classifier', 0, 'start'),
    phase('classifier', 10, 'end'),
    phase('last block', 10, 'start'),
    phase('classifier', 5, 'start'),
  ]);
  assert.deepEqual(phases, [{ name: 'classifier', trainableFrom: 'classifier', epochs: 1, start: 0 }]);
});

test('a loss that is not finite is kept as such, and failures of the state become messages', () => {
  const series = seriesOf([
    step(1, null),
    { type: 'state', time: 2, state: 'failed', message: 'The training diverged.' },
    { type: 'state', time: 1, state: 'running' },
  ]);
  assert.deepEqual([...series.steps.column('loss')], [NaN]);
  assert.deepEqual(series.messages, [{ time: 2, level: 'error', message: 'The training diverged.' }]);
});

test('a checkpoint saved again as the best takes the mark from the one before', () => {
  const { checkpoints } = seriesOf([
    { type: 'checkpoint', time: 1, step: 10, prefix: 'ckpt-10', best: true },
    { type: 'checkpoint', time: 2, step: 20, prefix: 'ckpt-20', best: false },
    { type: 'checkpoint', time: 3, step: 20, prefix: 'best/ckpt-20', best: true },
  ]);
  assert.deepEqual(checkpoints, [
    { step: 10, prefix: 'ckpt-10', best: false },
    { step: 20, prefix: 'best/ckpt-20', best: true },
  ]);
});

test('the nearest index is the nearest one', () => {
  assert.equal(nearestIndex([], 3), -1);
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.integer({ min: -1000, max: 1000 }), { minLength: 1 }),
      fc.double({ min: -1100, max: 1100, noNaN: true }),
      (values, wanted) => {
        const sorted = [...values].sort((a, b) => a - b);
        const least = Math.min(...sorted.map((value) => Math.abs(value - wanted)));
        assert.equal(Math.abs(sorted[nearestIndex(sorted, wanted)]! - wanted), least);
        const bound = lowerBound(sorted, wanted);
        assert.equal(bound, sorted.filter((value) => value < wanted).length);
      },
    ),
  );
});

test('what only some losses measure is NaN where it is not measured', () => {
  const measures = { tripletLoss: 0.1, activeTriplets: 0.5, centerLoss: 3 };
  const triplets = appendEvents(emptySeries(), [{ ...step(1), crossEntropy: null, measures }]);
  assert.ok(isMeasured(triplets, 'activeTriplets') && !isMeasured(triplets, 'crossEntropy'));
  assert.equal(triplets.steps.column('activeTriplets')[0], 0.5);
  assert.ok(Number.isNaN(triplets.steps.column('spread')[0]));
  const softmax = appendEvents(emptySeries(), [step(1), step(2, null)]);
  assert.ok(isMeasured(softmax, 'crossEntropy') && !isMeasured(softmax, 'tripletLoss'));
  assert.ok(!isMeasured(emptySeries(), 'loss'));
});
