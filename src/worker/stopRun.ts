// Stopping a run from outside: politely, and when that takes longer than the grace period, by ending its processes.
import { setTimeout as sleep } from 'node:timers/promises';
import { hostname } from 'node:os';
import { UserError } from '../protocol/errors';
import type { RunRecord } from '../protocol/run';
import { isFinal } from '../protocol/runRules';
import { isProcessAlive, isWorkerAlive } from '../run/liveness';
import { openRunFolder } from '../run/runFolder';
import { attach } from '../control/client';
import { killTree } from './killTree';
import { settleRun } from './settle';

export interface StopOptions {
  /** Seconds that the job has to finish its step and save; then its process tree is ended. 0 ends it at once. */
  graceSeconds: number;
  /** Aborting gives up waiting; the worker stays asked to stop. */
  signal?: AbortSignal;
}

const pollMilliseconds = 200;

/**
 * Stops the worker of a run and resolves, when it has ended, to its final record: `stopped` with everything saved, or
 * `failed` where it had to be ended by force.
 *
 * @throws UserError when the run is not running, or runs on another machine.
 */
export async function stopRun(runFolder: string, options: StopOptions): Promise<RunRecord> {
  const { record } = await openRunFolder(runFolder);
  const { worker } = record;
  if (isFinal(record.state)) throw new UserError(`Run ${record.id} is not running; it is ${record.state}.`);
  if (worker === undefined) throw new UserError(`Run ${record.id} has no worker yet.`, 'Try again in a moment.');
  if (worker.hostname !== hostname()) {
    throw new UserError(`Run ${record.id} runs on ${worker.hostname}, not on this machine.`, 'Stop it there.');
  }
  const isAlive = async (): Promise<boolean> => isWorkerAlive(worker);
  if (!(await isAlive())) return settleRun(runFolder, 'The worker ended without saying why.');

  if (options.graceSeconds > 0) {
    await askToStop(record, worker.pid);
    const deadline = performance.now() + options.graceSeconds * 1000;
    while (performance.now() < deadline && (await isAlive())) {
      await sleep(pollMilliseconds, undefined, options.signal && { signal: options.signal });
    }
  }
  if (await isAlive()) {
    await killWorker(worker);
    while (await isAlive()) await sleep(pollMilliseconds);
    const waited = options.graceSeconds > 0 ? `did not stop within ${options.graceSeconds} s and ` : '';
    return settleRun(runFolder, `The worker ${waited}was ended by force.`);
  }
  return settleRun(runFolder, 'The worker ended without saying why.');
}

/** Each process of the worker that still runs; a number that is another process's by now is left alone. */
async function killWorker({ job, ...keeper }: NonNullable<RunRecord['worker']>): Promise<void> {
  for (const { pid, startTime } of [keeper, ...(job === undefined ? [] : [job])]) {
    if (await isProcessAlive(pid, startTime)) await killTree(pid);
  }
}

/** Asks over the control socket; a worker that cannot be reached there gets the signal that means the same. */
async function askToStop(record: RunRecord, pid: number): Promise<void> {
  try {
    const attachment = await attach(record);
    // A worker whose event loop is held reads this later; the grace period counts from now on.
    attachment
      .stop()
      .catch(() => undefined)
      .finally(() => attachment.dispose());
  } catch (error) {
    if (!(error instanceof UserError) || process.platform === 'win32') throw error;
    process.kill(pid, 'SIGTERM');
  }
}
