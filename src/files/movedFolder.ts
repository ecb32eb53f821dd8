// Absolute paths in a file are those of the time when it was written: its folder may have been moved since.
import { existsSync } from 'node:fs';
import { isAbsolute, join, relative, sep } from 'node:path';
import { isInside } from './insideFolder';

/** A folder that lay at `from` when something was written in it, and lies at `to` now. */
export interface Move {
  readonly from: string;
  readonly to: string;
}

/**
 * Where a thing is that was at `path`. What lay in the folder has moved with it, unless it is only at its old place; what lay
 * elsewhere has not, unless it went the same way, as a folder beside it does, and is not at its old place any more.
 */
export function presentPath(path: string, { from, to }: Move): string {
  if (!isAbsolute(path)) return path;
  if (isInside(from, path)) {
    const there = join(to, relative(from, path));
    return isThere(there) || !isThere(path) ? there : path;
  }
  const around = withoutCommonEnd({ from, to });
  if (around.from === from || !isInside(around.from, path) || isThere(path)) return path;
  const there = join(around.to, relative(around.from, path));
  return isThere(there) ? there : path;
}

/** A value with `presentPath` applied to every string in it that is an absolute path. */
export function withPresentPaths<T>(value: T, move: Move): T {
  if (typeof value === 'string') return presentPath(value, move) as T;
  if (Array.isArray(value)) return value.map((item: unknown) => withPresentPaths(item, move)) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withPresentPaths(item, move)])) as T;
}

/** A checkpoint's prefix is no file: its index is. */
function isThere(path: string): boolean {
  return existsSync(path) || existsSync(`${path}.index`);
}

/** The two folders without the names at their ends that they have in common. */
function withoutCommonEnd(move: Move): Move {
  const [from, to] = [move.from.split(sep), move.to.split(sep)];
  while (from.length > 1 && to.length > 1 && from.at(-1) === to.at(-1)) {
    from.pop();
    to.pop();
  }
  return { from: from.join(sep) || sep, to: to.join(sep) || sep };
}
