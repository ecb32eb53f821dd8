// What a killed process has left of the files that it was writing aside.
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isUnderWay, parseAsideName, type AsideFile } from './asideName';

/** A file of another machine is nobody's any more when it has not been written for so long. */
const silenceMilliseconds = 15 * 60_000;

/**
 * Removes from a folder what was being written aside by processes that have ended: files of the names that `writeAside`
 * gives and no others. A folder that is not there or cannot be read or written keeps what it has.
 * @returns the names of the removed files
 */
export async function clearStrayFiles(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((): string[] => []);
  const removed: string[] = [];
  for (const name of names) {
    const file = parseAsideName(name);
    if (file === undefined || !(await isStray(folder, file))) continue;
    await rm(join(folder, name)).then(
      () => removed.push(name),
      () => undefined,
    );
  }
  return removed;
}

async function isStray(folder: string, { name, here, pid }: AsideFile): Promise<boolean> {
  // In a container the next worker often has the number of the one that was killed.
  if (here) return pid === process.pid ? !isUnderWay(name) : !isRunning(pid);
  const written = await stat(join(folder, name)).catch(() => undefined);
  return written !== undefined && Math.abs(Date.now() - written.mtimeMs) > silenceMilliseconds;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
