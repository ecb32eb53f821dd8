// A network drive goes away for a while and comes back; a run of three days does not end for that.
import { stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../protocol/errors';

/** What a file system says while its server, or the way there, is gone. */
const awayCodes = new Set([
  ...['EIO', 'ENOTCONN', 'ESTALE', 'EHOSTDOWN', 'EHOSTUNREACH', 'ENETDOWN', 'ENETUNREACH'],
  ...['ENODEV', 'ENXIO', 'ENOMEDIUM', 'ETIMEDOUT', 'EREMOTEIO', 'ECONNRESET'],
]);

const defaultSeconds = 300;
const pollMilliseconds = 500;
/** After a stop nobody wants to wait for long. */
const stoppingMilliseconds = 5000;

/** Milliseconds that a disk is waited for: five minutes, or the seconds in the environment variable FACENET_DISK_PATIENCE. */
export function diskPatience(environment: NodeJS.ProcessEnv = process.env): number {
  const seconds = Number(environment['FACENET_DISK_PATIENCE'] ?? defaultSeconds);
  return 1000 * (Number.isFinite(seconds) && seconds >= 0 ? seconds : defaultSeconds);
}

/** A disk that is waited for. */
export interface DiskWait {
  path: string;
  error: unknown;
  milliseconds: number;
}

const listeners = new Set<(wait: DiskWait) => void>();

/** Calls `listener` at each attempt in vain of this process; gives what ends that. */
export function onDiskWait(listener: (wait: DiskWait) => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/**
 * Tells of an attempt in vain.
 * @throws DiskAwayError where the disk has been away for too long
 */
export function waitForDisk(wait: DiskWait, patience = diskPatience()): void {
  if (wait.milliseconds >= patience) throw new DiskAwayError(wait.path, wait.error, wait.milliseconds);
  for (const listener of [...listeners]) listener(wait);
}

/** A disk did not come back in time. */
export class DiskAwayError extends UserError {
  constructor(path: string, cause: unknown, waitedMilliseconds: number) {
    super(
      `The disk of ${path} has gone (${codeOf(cause) ?? String(cause)}) and did not come back within ${Math.round(waitedMilliseconds / 1000)} s.`,
      'Connect it again, then resume the run; what was saved is there.',
      { cause },
    );
  }
}

/**
 * Whether an error says that a disk is away: by its code, or as nothing is found any more where `folder` is known to have been.
 * Errors that have another one as their cause are looked through.
 */
async function isAway(error: unknown, folder: string): Promise<boolean> {
  const code = codeOf(error);
  if (code === undefined) return false;
  if (code !== 'ENOENT' && code !== 'ENOTDIR') return awayCodes.has(code);
  return stat(folder).then(
    () => false,
    () => true,
  );
}

/** Whether the code of an error says by itself that a disk is away. */
export function saysAway(error: unknown): boolean {
  const code = codeOf(error);
  return code !== undefined && awayCodes.has(code);
}

function codeOf(error: unknown): string | undefined {
  for (let one = error; one instanceof Error; one = one.cause) {
    const { code } = one as NodeJS.ErrnoException;
    if (typeof code === 'string') return code;
  }
  return undefined;
}

/**
 * Does `work`, which reads or writes in `folder`, a folder that has been there; again and again while its disk is away.
 * `work` is whole or without effect, and is never begun without the folder, which it might make on another disk.
 * @param signal aborted to wait a few seconds more at most
 * @throws DiskAwayError when the disk does not come back in time, and what `work` throws for any other reason
 */
export async function patiently<T>(folder: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  let began: number | undefined;
  for (;;) {
    try {
      await stat(folder);
      return await work();
    } catch (error) {
      if (!(await isAway(error, folder))) throw error;
      began ??= performance.now();
      const most = signal?.aborted === true ? Math.min(stoppingMilliseconds, diskPatience()) : diskPatience();
      waitForDisk({ path: folder, error, milliseconds: performance.now() - began }, most);
      await sleep(pollMilliseconds);
    }
  }
}
