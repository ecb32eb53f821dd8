// Starts the worker of a run from the extension host or another program. Loads no native module.
import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { builtProgram } from '../engine/installation';
import { UserError, describeError } from '../protocol/errors';
import { isProcessAlive } from '../run/liveness';
import { openRunFolder } from '../run/runFolder';
import { endGroup } from './killTree';
import { type ProcessEnd, describeEnd, settleRun } from './settle';

export interface LaunchOptions {
  /** Run folder with run.json, state `starting`. */
  runFolder: string;
  /** Executable and environment as found by `findNodeRuntime`; default this process's own Node. */
  nodePath?: string;
  env?: Readonly<Record<string, string | undefined>>;
  /** Folder that relative paths of the request begin at. */
  cwd?: string;
}

/** A little longer than a job that is alone takes before it gives up saving. */
const aloneMilliseconds = 70_000;
const pollMilliseconds = 100;

/** A worker as seen from the process that started it. It outlives that process. */
export interface LaunchedWorker {
  pid: number;
  /** Resolves when the worker has ended and the run has its final state. */
  exited: Promise<ProcessEnd>;
}

/**
 * Spawns the worker detached, with its output in worker.log, and lets go of it. When it ends without having written
 * how (native crash, killed for memory), that is written for it.
 *
 * @throws UserError when the worker is not built or Node cannot be started.
 */
export async function launchWorker(options: LaunchOptions): Promise<LaunchedWorker> {
  const program = builtProgram('worker.cjs');
  const preparedAt = (await openRunFolder(options.runFolder)).record.updatedAt;
  const executable = options.nodePath ?? process.execPath;
  const log = openSync(join(options.runFolder, 'worker.log'), 'a');
  const child = spawn(executable, [program, options.runFolder], {
    detached: true,
    stdio: ['ignore', log, log],
    windowsHide: true,
    env: { ...process.env, ...options.env },
    ...(options.cwd !== undefined && { cwd: options.cwd }),
  });
  closeSync(log);
  const ended = new Promise<ProcessEnd>((resolve) => child.once('exit', (code, signal) => resolve({ code, signal })));
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (error) => {
      reject(
        new UserError(
          `${executable} could not be started: ${describeError(error)}.`,
          'Name another Node in the setting facenet.nodePath.',
        ),
      );
    });
  });
  child.unref();
  const pid = child.pid!;
  return { pid, exited: ended.then((end) => settleAfter(options.runFolder, preparedAt, pid, end)) };
}

/** A job whose keeper was killed saves and ends itself; it is given the time for it. */
async function jobEnded(runFolder: string): Promise<void> {
  const folder = await openRunFolder(runFolder).catch(() => undefined);
  const job = folder?.record.worker?.job;
  const deadline = Date.now() + aloneMilliseconds;
  while (job !== undefined && Date.now() < deadline && (await isProcessAlive(job.pid, job.startTime))) {
    await sleep(pollMilliseconds, undefined, { ref: false });
  }
}

async function settleAfter(runFolder: string, preparedAt: string, pid: number, end: ProcessEnd): Promise<ProcessEnd> {
  // A keeper that was killed could not end what it has started; its group is still its own, as it has just ended.
  if (end.signal !== null) await jobEnded(runFolder);
  endGroup(pid);
  // Where the folder is gone there is nothing to write to, and that is why the worker has ended.
  if (!existsSync(join(runFolder, 'run.json'))) return end;
  // Stopped and resumed before its end was heard of here: the run is the next worker's, which has not written itself yet.
  const { worker, updatedAt } = (await openRunFolder(runFolder)).record;
  if (worker === undefined && updatedAt !== preparedAt) return end;
  await settleRun(runFolder, describeEnd(end));
  return end;
}
