// Is the process that wrote a record still the one that has its process number now?
import { execFile } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { RunRecord, RunState } from '../protocol/run';
import { isFinal } from '../protocol/runRules';

const execute = promisify(execFile);

/** A worker that has been forked needs this long at most until it writes itself into run.json. */
const startMilliseconds = 60_000;
/** A worker on another machine is believed to run while it writes; the longest silence between two events. */
export const silenceMilliseconds = 15 * 60_000;

async function linuxStartTime(pid: number): Promise<string | undefined> {
  const status = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => undefined);
  if (status === undefined) return undefined;
  // The second field is the program's name in brackets and may hold anything, brackets and blanks included.
  const fields = status.slice(status.lastIndexOf(')') + 2).split(' ');
  const [state, ticksSinceBoot] = [fields[0], fields[19]];
  if (state === 'Z' || state === 'X') return undefined;
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'latin1').catch(() => '');
  return `${boot.trim()}/${ticksSinceBoot}`;
}

async function macStartTime(pid: number): Promise<string | undefined> {
  const environment = { ...process.env, LC_ALL: 'C', TZ: 'UTC' };
  const { stdout } = await execute('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { env: environment }).catch(
    () => ({
      stdout: '',
    }),
  );
  const [, state, started] = /^\s*(\S+)\s+(.*\S)\s*$/.exec(stdout) ?? [];
  return state?.startsWith('Z') === true ? undefined : started;
}

async function windowsStartTime(pid: number): Promise<string | undefined> {
  const script = `(Get-Process -Id ${pid} -ErrorAction Stop).StartTime.ToFileTimeUtc()`;
  const { stdout } = await execute('powershell.exe', ['-NoProfile', '-NonInteractive', '-Command', script], {
    windowsHide: true,
  }).catch(() => ({ stdout: '' }));
  return stdout.trim() === '' ? undefined : stdout.trim();
}

async function findStartTime(pid: number): Promise<string | undefined> {
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  if (process.platform === 'win32') return windowsStartTime(pid);
  if (process.platform === 'darwin') return macStartTime(pid);
  return linuxStartTime(pid);
}

/**
 * When process `pid` was started, in the operating system's own words; two processes that had the same number one
 * after the other differ in it. Only ever compared for equality.
 *
 * @throws Error when there is no such process.
 */
export async function processStartTime(pid: number): Promise<string> {
  const started = await findStartTime(pid);
  if (started === undefined) throw new Error(`there is no process ${pid}`);
  return started;
}

/** Whether the process that had this number and start time still runs. */
export async function isProcessAlive(pid: number, startTime: string): Promise<boolean> {
  return (await findStartTime(pid)) === startTime;
}

/**
 * Whether a process of a worker of this machine still runs. One whose keeper is gone saves what it has and ends itself.
 */
export async function isWorkerAlive({ pid, startTime, job }: NonNullable<RunRecord['worker']>): Promise<boolean> {
  if (await isProcessAlive(pid, startTime)) return true;
  return job !== undefined && isProcessAlive(job.pid, job.startTime);
}

/**
 * The state of a run as it really is: its recorded state, or `lost` when its worker is gone without having said so.
 * A worker on another machine (its hostname differs) cannot be looked at; it counts as gone when it has written
 * nothing to its run folder for 15 minutes.
 */
export async function livenessOf(record: RunRecord, runFolder: string): Promise<RunState> {
  if (isFinal(record.state)) return record.state;
  const { worker } = record;
  if (worker === undefined)
    // A clock that was set back is no reason to wait for as long.
    return Math.abs(Date.now() - Date.parse(record.updatedAt)) < startMilliseconds ? record.state : 'lost';
  if (worker.hostname !== hostname()) {
    const written = await Promise.all(
      ['metrics.jsonl', 'run.json'].map(async (name) =>
        stat(join(runFolder, name)).then(
          ({ mtimeMs }) => mtimeMs,
          () => 0,
        ),
      ),
    );
    return Date.now() - Math.max(...written) < silenceMilliseconds ? record.state : 'lost';
  }
  return (await isWorkerAlive(worker)) ? record.state : 'lost';
}
