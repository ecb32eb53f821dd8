import { join } from 'node:path';
import type { RunRecord } from '../protocol/run';
import { isFinal, isResumable } from '../protocol/runRules';
import { isOwned } from '../run/claim';
import { livenessOf } from '../run/liveness';
import { openRunFolder } from '../run/runFolder';
import { secondsBefore } from '../run/workBefore';
import { logTail } from '../run/logTail';
import { signalOf } from './signalOf';

/** How a process ended, as Node tells it. */
export interface ProcessEnd {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** What the end of a worker that could not speak any more means, for a person. */
export function describeEnd(end: ProcessEnd): string {
  const signal = signalOf(end);
  switch (signal) {
    case 'SIGKILL':
      return 'The worker was killed from outside; when nobody did, the machine ran out of memory.';
    case 'SIGABRT':
      return 'The worker ended itself (SIGABRT), most often because memory ran out.';
    case 'SIGSEGV':
    case 'SIGBUS':
    case 'SIGILL':
    case 'SIGFPE':
      return `A native library crashed in the worker (${signal}).`;
    case undefined:
      return `The worker ended with exit code ${end.code} without saying why.`;
    default:
      return `The worker was ended by ${signal}.`;
  }
}

/**
 * Gives a run a final state whose worker has ended without writing one itself: failed, with the reason and the last
 * lines of worker.log. A run that has its final state, or whose worker lives, is left alone. Resolves to the record as it stands then.
 *
 * @param options.keeper process that calls, where it is the run's worker itself and its job has ended
 * @param options.action what is to be done; by default worker.log is to be looked at
 */
export async function settleRun(
  runFolder: string,
  message: string,
  options: { keeper?: number; action?: string } = {},
): Promise<RunRecord> {
  const folder = await openRunFolder(runFolder);
  if (isFinal(folder.record.state)) return folder.record;
  // A second worker that was refused has ended, but the run is the first one's and goes on.
  const { worker } = folder.record;
  const isOwn = worker !== undefined && worker.pid === options.keeper;
  if (worker !== undefined && !isOwn && (await livenessOf(folder.record, folder.path)) !== 'lost') return folder.record;
  if (worker === undefined && (await isOwned(folder.path))) return folder.record;
  const ended: RunRecord = { ...folder.record, state: 'failed' };
  const usual = isResumable(ended)
    ? `Look at worker.log, then resume from step ${ended.checkpoint.step}.`
    : 'Look at worker.log, then start it again.';
  const tail = await logTail(join(runFolder, 'worker.log'));
  const work = { seconds: await secondsBefore(folder) };
  folder.append({ type: 'state', state: 'failed', message });
  await folder.update({
    state: 'failed',
    work,
    finishedAt: new Date().toISOString(),
    error: { message, action: options.action ?? usual, ...(tail.length > 0 && { logTail: tail }) },
  });
  return folder.record;
}
