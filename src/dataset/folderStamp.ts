import { stat } from 'node:fs/promises';

/** What tells whether a folder's entries are those that were listed. */
export interface FolderStamp {
  mtimeMs: number;
  ctimeMs: number;
  ino: number;
}

/**
 * A folder that changed so shortly before it was listed may have changed again without its time telling: file systems
 * count in steps of up to two seconds.
 */
const settledAfterMilliseconds = 2000;

/** A folder that cannot be looked at has a stamp that never settles; listing it says why. */
export async function stampOf(folder: string): Promise<FolderStamp> {
  const never = Number.MAX_SAFE_INTEGER;
  const { mtimeMs, ctimeMs, ino } = await stat(folder).catch(() => ({ mtimeMs: never, ctimeMs: never, ino: 0 }));
  return { mtimeMs, ctimeMs, ino };
}

export function isSameStamp(a: FolderStamp, b: FolderStamp): boolean {
  return a.mtimeMs === b.mtimeMs && a.ctimeMs === b.ctimeMs && a.ino === b.ino;
}

/** Whether a folder with this stamp had rested for long enough when it was listed. @param listedAt milliseconds since 1970 */
export function isSettled({ mtimeMs, ctimeMs }: FolderStamp, listedAt: number): boolean {
  return Math.max(mtimeMs, ctimeMs) < listedAt - settledAfterMilliseconds;
}
