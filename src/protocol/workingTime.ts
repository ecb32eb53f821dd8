// How long a run has worked: the time that it was stopped between two of its workers does not count.
import type { RunEvent } from './events';
import type { RunRecord } from './run';
import { isFinal } from './runRules';

/** As it is read from the log of a run, event by event; times in milliseconds since the epoch. */
export interface LoggedWork {
  /** Of the workers that have ended. */
  milliseconds: number;
  /** When the worker that is at work has begun. */
  since?: number;
  /** When the last event came. */
  last?: number;
}

/** Longest silence of a worker that works, milliseconds; what ends a run after it was written by who found it lost. */
const longestSilence = 15 * 60_000;

/** Takes one event of the log in. A worker that ended without a word has worked until what it said last. */
export function addWork(work: LoggedWork, event: RunEvent): void {
  const isFound = event.type === 'state' && event.state === 'failed' && event.time - (work.last ?? 0) > longestSilence;
  if (isFound) return end(work);
  const begins = event.type === 'state' && event.state === 'starting';
  if (begins) end(work);
  // A log whose beginning is lost begins with what is left of it.
  if (begins || (work.last === undefined && event.type !== 'state')) work.since = event.time;
  work.last = event.time;
  if (event.type === 'state' && isFinal(event.state)) end(work);
}

/** Seconds that the log tells of. */
export function secondsOfLog({ milliseconds, since, last }: LoggedWork): number {
  return (milliseconds + (since === undefined || last === undefined ? 0 : between(since, last))) / 1000;
}

function end(work: LoggedWork): void {
  if (work.since !== undefined) work.milliseconds += between(work.since, work.last ?? work.since);
  delete work.since;
}

/** The clock may have been set back meanwhile. */
function between(from: number, to: number): number {
  return Math.max(0, to - from);
}

/**
 * Seconds that a run has worked until `now`, milliseconds since the epoch, by its record. Undefined where that does not
 * tell: a run of an earlier version that was resumed.
 */
export function secondsOfRecord(record: RunRecord, now: number): number | undefined {
  const { state, work, createdAt, updatedAt, finishedAt, request } = record;
  const until = isFinal(state) ? Date.parse(finishedAt ?? updatedAt) : now;
  const span = (from: string): number => between(Date.parse(from), until) / 1000;
  if (work !== undefined) return work.seconds + (work.since === undefined ? 0 : span(work.since));
  const wasResumed = request.kind === 'train' && request.resume !== undefined;
  return wasResumed ? undefined : span(createdAt);
}
