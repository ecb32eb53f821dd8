import { stat } from 'node:fs/promises';
import { type LoggedWork, addWork, secondsOfLog } from '../protocol/workingTime';
import type { RunFolder } from './runFolder';

/**
 * Seconds that the workers of a run have worked that have ended, also those that were killed: they have worked until what
 * they said last. Asked before anything else is written into its log.
 */
export async function secondsBefore(folder: RunFolder): Promise<number> {
  const { work } = folder.record;
  if (work === undefined) {
    // A run of an earlier version, or one that begins.
    const logged: LoggedWork = { milliseconds: 0 };
    for (const event of await folder.readEvents()) addWork(logged, event);
    return secondsOfLog(logged);
  }
  if (work.since === undefined) return work.seconds;
  const since = Date.parse(work.since);
  const last = await stat(folder.metrics).then(
    ({ mtimeMs }) => mtimeMs,
    () => since,
  );
  return work.seconds + Math.max(0, last - since) / 1000;
}
