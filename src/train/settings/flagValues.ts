import type { FlagTable } from './flagTable';

/** Parsed flags by their names; undefined or null where a flag was not given and has no default. */
export type FlagValues = Readonly<Record<string, unknown>>;

/** The value of a flag; undefined where it was not given or is empty, which the reference means by "none". */
export function given<T>(flags: FlagValues, name: string): T | undefined {
  const value = flags[name];
  return value === undefined || value === null || value === '' ? undefined : (value as T);
}

/** One sentence for each given flag that changes nothing, so that none is passed over in silence. */
export function ineffectiveFlags(table: FlagTable, values: FlagValues): string[] {
  return table.flags
    .filter(({ flag, reason }) => reason !== undefined && given(values, flag.name) !== undefined)
    .filter((entry) => values[entry.flag.name] !== entry.default)
    .map(({ flag, reason }) => `--${flag.name} has no effect: ${reason}.`);
}
