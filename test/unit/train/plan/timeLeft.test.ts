import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { estimateTime } from '../../../../src/train/plan/timeEstimate';
import { TimeLeft } from '../../../../src/train/plan/timeLeft';
import type { RunEvent } from '../../../../src/protocol/events';
import { recordedRuns } from '../../../fixtures/recordedRuns';

const factor = 1.5;

describe('the end of a run that is told while it goes on, without any earlier run', () => {
  for (const { name, note, loaded, work, device, end, events } of recordedRuns()) {
    // How busy a machine will be is not to be known beforehand: then it is the run that shows it.
    const from = loaded ? 0.3 : 0.05;
    test(`${name} (${note}): within a factor of ${factor} of the real one from ${100 * from} % on`, () => {
      const left = new TimeLeft(estimateTime(work, device).parts);
      const told: [part: string, ratio: number][] = [];
      for (const event of events) {
        left.take(event);
        const part = event.time / end;
        if (part >= from) told.push([part.toFixed(2), (event.time / 1000 + left.seconds) / (end / 1000)]);
      }
      assert.ok(told.length > 20);
      assert.deepEqual(
        told.filter(([, ratio]) => ratio > factor || ratio < 1 / factor),
        [],
      );
      assert.ok(left.seconds < 0.05 * (end / 1000), `${left.seconds} s are left at the end`);
    });
  }
});

describe('what is left of a run', () => {
  const parts = [
    { kind: 'evaluation', seconds: 1 },
    { kind: 'activations', seconds: 10 },
    { kind: 'phase', seconds: 20 },
    { kind: 'evaluation', seconds: 1 },
    { kind: 'activations', seconds: 0 },
    { kind: 'phase', seconds: 200 },
    { kind: 'evaluation', seconds: 1 },
  ] as const;
  const progress = (seconds: number, activity: string, part: number): RunEvent => ({
    type: 'progress',
    time: 1000 * seconds,
    activity,
    done: 100 * part,
    total: 100,
    unit: 'images',
  });
  const phase = (seconds: number, boundary: 'start' | 'end'): RunEvent => ({
    type: 'phase',
    time: 1000 * seconds,
    step: 0,
    name: 'p',
    trainableFrom: 'Logits',
    epochs: 1,
    boundary,
  });

  test('is what was expected, before anything has happened', () => {
    assert.equal(new TimeLeft(parts).seconds, 233);
  });

  test('counts the phases that are still to come, at the pace of those before', () => {
    const left = new TimeLeft(parts);
    left.take(progress(0, 'Computing frozen activations', 0));
    left.take(progress(10, 'Computing frozen activations', 1));
    left.take(phase(10, 'start'));
    for (let part = 0.1; part <= 1; part += 0.1) left.take(progress(10 + 60 * part, 'Training p', part));
    // The first phase took three times as long as expected.
    assert.ok(left.seconds > 480 && left.seconds < 602, String(left.seconds));
  });

  test('of a resumed run begins in the middle of its phase', () => {
    const left = new TimeLeft(parts, { phase: 1, done: 0.5 });
    assert.equal(left.seconds, 101);
    left.take(phase(0, 'start'));
    left.take(progress(50, 'Training p', 0.75));
    assert.ok(Math.abs(left.seconds - 51) < 2, String(left.seconds));
  });

  test('an evaluation between the epochs of a phase is part of the phase', () => {
    const after = (...between: RunEvent[]): number => {
      const left = new TimeLeft(parts);
      const events = [phase(0, 'start'), progress(1, 'Training p', 0.5), ...between, progress(3, 'Training p', 0.6)];
      for (const event of events) left.take(event);
      return left.seconds;
    };
    assert.equal(after(progress(2, 'Evaluating on LFW', 0.5)), after());
  });
});
