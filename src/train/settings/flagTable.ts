// The flags of a training command, made of its settings (src/protocol/settings).
import { ignoredFlags } from '../../protocol/settings/ignoredFlags';
import type { Flag, FlagName, FlagValue, Setting, Settings } from '../../protocol/settings/setting';
import type { TrainConfig } from '../../protocol/trainConfig';

/** Where the value of a flag goes: into a field of the configuration, of its `lfw` or of its last phase. */
export interface Place {
  of: 'config' | 'lfw' | 'phases';
  field: string;
}

export interface FlagEntry {
  flag: Flag;
  /** What holds where the flag is not given, if that does not depend on other flags. */
  default: FlagValue | undefined;
  /** Whether the reference's script does not have it. */
  own: boolean;
  /** Missing for a flag that changes nothing, which has a reason instead. */
  setting?: Setting & { place: Place };
  reason?: string;
}

export interface FlagTable {
  /** Name of the command. */
  command: string;
  /** What the command itself says of a configuration, whatever its flags are. */
  means: Partial<TrainConfig>;
  /** Those of the reference's script in its order, then our own in the order of the settings. */
  flags: readonly FlagEntry[];
}

/** The value of a setting that nothing is said of; undefined where something must be, or where that means nothing. */
function defaultOf({ schema }: Setting): FlagValue | undefined {
  return schema.safeParse(undefined).data as FlagValue | undefined;
}

function entriesOf(settings: Settings, of: Place['of'] = 'config'): Omit<FlagEntry, 'own'>[] {
  return Object.entries(settings).flatMap(([field, row]) => {
    const { flag, settings: inner } = row;
    // What a phase is when nothing is said depends on the model and on the other flags.
    const depends = of === 'phases' || flag?.fromScratch !== undefined;
    const entry = flag && {
      flag,
      default: flag.kind === 'switch' ? false : (flag.default ?? (depends ? undefined : defaultOf(row))),
      setting: { ...row, place: { of, field } },
    };
    return [
      ...(entry === undefined ? [] : [entry]),
      ...(inner === undefined ? [] : entriesOf(inner, field as Place['of'])),
    ];
  });
}

/** The rows of `settings` that are not among `others`. */
export function without<S extends Settings, O extends Settings>(settings: S, others: O): Omit<S, keyof O> {
  return Object.fromEntries(Object.entries(settings).filter(([name]) => !(name in others))) as Omit<S, keyof O>;
}

/**
 * The flags of a command that has these settings: rows that it shares with other commands, perhaps with another default,
 * and its own.
 *
 * @param order the flags of the reference's script as its own --help has them; all others are shown as ours
 * @param means settings that the command decides, which have no flag
 */
export function flagTable<S extends Settings>(
  command: string,
  settings: S,
  order: readonly (FlagName<S> | (typeof ignoredFlags)[number]['name'])[],
  means: Partial<TrainConfig> = {},
): FlagTable {
  const position = new Map<string, number>(order.map((name, index) => [name, index]));
  const ignored = ignoredFlags
    .filter(({ name }) => position.has(name))
    .map((flag) => ({ flag, default: flag.default, reason: flag.reason }));
  const flags = [...entriesOf(settings), ...ignored]
    .map((entry) => ({ ...entry, own: !position.has(entry.flag.name) }))
    .sort((a, b) => (position.get(a.flag.name) ?? order.length) - (position.get(b.flag.name) ?? order.length));
  return { command, means, flags };
}
