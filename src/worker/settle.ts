import { constants } from 'node:os';
import { join } from 'node:path';
import type { RunRecord } from '../protocol/run';
import { isFinal, isResumable } from '../protocol/runRules';
import { isOwned } from '../run/claim';
import { livenessOf } from '../run/liveness';
import { openRunFolder } from '../run/runFolder';
import { logTail } from '../run/logTail';

/** How a process ended, as Node tells it. */
export interface ProcessEnd {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** What the end of a worker that could not speak any more means, for a person. */
export function describeEnd({ code, signal }: ProcessEnd): string {
  // A shell or a wrapper tells a signal as 128 + its number.
  const killer = signal ?? Object.entries(constants.signals).find(([, value]) => code === 128 + value)?.[0];
  switch (killer) {
    case 'SIGKILL':
      return 'The worker was killed from outside; when nobody did, the machine ran out of memory.';
    case 'SIGABRT':
      return 'The worker ended itself (SIGABRT), most often because memory ran out.';
    case 'SIGSEGV':
    case 'SIGBUS':
    case 'SIGILL':
    case 'SIGFPE':
      return `A native library crashed in the worker (${killer}).`;
    case undefined:
      return `The worker ended with exit code ${code} without saying why.`;
    default:
      return `The worker was ended by ${killer}.`;
  }
}

/**
 * Gives a run a final state whose worker has ended without writing one itself: failed, with the reason and the last
 * lines of worker.log. A run that has its final state, or whose worker lives, is left alone. Resolves to the record as it stands then.
 */
export async function settleRun(runFolder: string, message: string): Promise<RunRecord> {
  const folder = await openRunFolder(runFolder);
  if (isFinal(folder.record.state)) return folder.record;
  // A second worker that was refused has ended, but the run is the first one's and goes on.
  const { worker } = folder.record;
  if (worker !== undefined && (await livenessOf(folder.record, folder.path)) !== 'lost') return folder.record;
  if (worker === undefined && (await isOwned(folder.path))) return folder.record;
  const ended: RunRecord = { ...folder.record, state: 'failed' };
  const action = isResumable(ended)
    ? `Look at worker.log, then resume from step ${ended.checkpoint.step}.`
    : 'Look at worker.log, then start it again.';
  const tail = await logTail(join(runFolder, 'worker.log'));
  folder.append({ type: 'state', state: 'failed', message });
  await folder.update({
    state: 'failed',
    finishedAt: new Date().toISOString(),
    error: { message, action, ...(tail.length > 0 && { logTail: tail }) },
  });
  return folder.record;
}
