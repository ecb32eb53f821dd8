// What a setting of a training is. Its row is the one place that knows it: the check of a configuration, the texts of
// editor and terminal, the flag, the defaults and the line in arguments.txt are made from it.
import type { z } from 'zod';

export type FlagValue = string | number | boolean;

/**
 * What a flag takes, as Python's argparse names it. A `switch` takes nothing; a `path` may begin with `~` or at the
 * folder that its configuration belongs to.
 */
type Takes =
  | { kind: 'int' | 'float' | 'str' | 'path' | 'switch' }
  /** Numbers or words, of which it takes one. */
  | { kind: 'choice'; choices: readonly string[] | readonly number[] };

/** A flag of the command line, with the name that it has in the reference. `Value` is what its setting holds. */
export type Flag<Value = unknown> = Takes & {
  name: string;
  /** For --help, without the default. */
  help: string;
  /** What --help calls its value instead of its name. */
  metavar?: string;
  /** Where the flag is not given; default the setting's own. */
  default?: FlagValue;
  /** What --help says instead of the default; '' is nothing. */
  defaultText?: string;
  /** The reference's default where it holds from scratch only: with a pretrained model the setting's own does. */
  fromScratch?: FlagValue;
  /** For --help: what holds with a pretrained model. */
  withModel?: string;
  /** What arguments.txt says of the setting where that is not the value itself. */
  printed?(value: Value | undefined): FlagValue | undefined;
};

export interface Setting {
  /** What it may be, with its default. */
  schema: z.ZodType;
  /** For editors, in Markdown; a path's rule is added. */
  text: string;
  /** Values that an editor offers where the schema does not list them; where a path is asked for, they are none. */
  words?: readonly string[];
  flag?: Flag;
  /** What it consists of, where it is an object or a list of objects. */
  settings?: Settings;
}

/** Rows by the names that the settings have in a configuration, in its order. */
export type Settings = Readonly<Record<string, Setting>>;

interface Row<S extends z.ZodType, F, N> extends Pick<Setting, 'text' | 'words'> {
  schema: S;
  flag: F;
  settings: N;
}

/** One row, with exact types for what is made of it. */
export function setting<
  S extends z.ZodType,
  const F extends Flag<z.output<S>>,
  N extends Settings | undefined = undefined,
>(row: Omit<Row<S, F, N>, 'settings'> & { settings?: N }): Row<S, F, N>;
export function setting<S extends z.ZodType, N extends Settings | undefined = undefined>(
  row: Omit<Row<S, undefined, N>, 'flag' | 'settings'> & { settings?: N },
): Row<S, undefined, N>;
export function setting(row: Setting): Setting {
  return row;
}

/** The names of all flags of some rows. */
export type FlagName<S> = {
  [K in keyof S]:
    | (S[K] extends { flag: { name: infer N extends string } } ? N : never)
    | (S[K] extends { settings: infer Inner } ? FlagName<Inner> : never);
}[keyof S];

/** The shape for `z.object` of some rows. */
export function shapeOf<S extends Settings>(settings: S) {
  return Object.fromEntries(Object.entries(settings).map(([name, { schema }]) => [name, schema])) as {
    -readonly [K in keyof S]: S[K]['schema'];
  };
}
