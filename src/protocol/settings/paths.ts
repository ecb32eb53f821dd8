// Which values of a configuration are paths follows from the kind of their flags.
import type { Setting, Settings } from './setting';

/** Whether a value of a setting is a path, and none of its words. */
export function isPath({ flag, words = [] }: Setting, value: unknown): value is string {
  return flag?.kind === 'path' && typeof value === 'string' && !words.includes(value);
}

/** A configuration with `change` applied to every path of it, in nested settings too. */
export function withPaths<T extends object>(config: T, settings: Settings, change: (path: string) => string): T {
  const changed = Object.entries(config).map(([name, value]: [string, unknown]) => {
    const row = settings[name];
    if (row === undefined) return [name, value];
    if (isPath(row, value)) return [name, change(value)];
    const { settings: inner } = row;
    if (inner === undefined || typeof value !== 'object' || value === null) return [name, value];
    if (!Array.isArray(value)) return [name, withPaths(value, inner, change)];
    return [name, value.map((item: object) => withPaths(item, inner, change))];
  });
  return Object.fromEntries(changed) as T;
}
