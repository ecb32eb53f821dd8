import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { RunEvent } from '../../../src/protocol/events';
import type { RunRecord, RunState } from '../../../src/protocol/run';
import { type LoggedWork, addWork, secondsOfLog, secondsOfRecord } from '../../../src/protocol/workingTime';
import { runRecord } from '../../fixtures/webview/runEvents';

const state = (seconds: number, name: RunState): RunEvent => ({ type: 'state', time: seconds * 1000, state: name });
const said = (seconds: number): RunEvent => ({ type: 'log', time: seconds * 1000, level: 'info', message: 'a step' });

function worked(...events: RunEvent[]): number {
  const work: LoggedWork = { milliseconds: 0 };
  for (const event of events) addWork(work, event);
  return secondsOfLog(work);
}

describe('how long a run has worked, by its log', () => {
  test('is the time from its start until its end, or until what was said last', () => {
    assert.equal(worked(state(100, 'starting'), said(130), state(160, 'done')), 60);
    assert.equal(worked(state(100, 'starting'), state(101, 'running'), said(130)), 30);
    assert.equal(worked(), 0);
  });

  test('leaves out the night that it was stopped for', () => {
    const evening = [state(0, 'starting'), said(10), state(20, 'stopping'), state(25, 'stopped')];
    assert.equal(worked(...evening, state(40_000, 'starting'), state(40_030, 'done')), 55);
  });

  test('counts a worker that was killed until what it said last, whether the run was settled or not', () => {
    const killed = [state(0, 'starting'), said(10)];
    assert.equal(worked(...killed, state(5000, 'starting'), state(5007, 'done')), 17);
    // A lost run is settled when somebody looks at it, which may be the next day.
    assert.equal(worked(...killed, state(5000, 'failed'), state(9000, 'starting'), said(9001)), 11);
  });

  test('is no less than nothing where the clock was set back', () => {
    assert.equal(worked(state(100, 'starting'), state(40, 'done')), 0);
  });
});

describe('how long a run has worked, by its record', () => {
  const began = Date.parse('2026-03-02T09:00:00Z');
  const at = (seconds: number): string => new Date(began + 1000 * seconds).toISOString();
  const resumed = (patch: Partial<RunRecord>): RunRecord => {
    const record = runRecord('done', { finishedAt: at(90_000), ...patch });
    return { ...record, request: { ...record.request, resume: '/runs/x' } as RunRecord['request'] };
  };

  test('is what its workers have worked, and what the one at work has until now', () => {
    assert.equal(secondsOfRecord(resumed({ work: { seconds: 55 } }), began), 55);
    const active = runRecord('running', { work: { seconds: 55, since: at(1000) } });
    assert.equal(secondsOfRecord(active, began + 1_010_000), 65);
  });

  test('is its whole time where an earlier version has begun it and it was never resumed, else not known', () => {
    assert.equal(secondsOfRecord(runRecord('done', { finishedAt: at(287) }), began), 287);
    assert.equal(secondsOfRecord(runRecord('running'), began + 5000), 5);
    assert.equal(secondsOfRecord(resumed({}), began), undefined);
  });
});
