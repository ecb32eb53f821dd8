// From a configuration back to flags, for arguments.txt.
import type { FlagValue } from '../../protocol/settings/setting';
import type { TrainConfig } from '../../protocol/trainConfig';
import type { FlagEntry, FlagTable } from './flagTable';

export interface PrintedFlag {
  name: string;
  value: FlagValue | undefined;
  /** Whether it is a floating-point number in the reference, where 1 is printed as 1.0. */
  isFloat: boolean;
}

function valueOf({ flag, setting, default: fallback }: FlagEntry, config: TrainConfig): FlagValue | undefined {
  if (setting === undefined) return fallback;
  const { of, field } = setting.place;
  const holder = of === 'config' ? config : of === 'lfw' ? config.lfw : config.phases.at(-1);
  if (holder === undefined) return fallback;
  const value = (holder as Record<string, unknown>)[field];
  return flag.printed === undefined ? (value as FlagValue | undefined) : flag.printed(value);
}

/** The flags of a configuration in the order of their table. Of the phases `phases` says what no flag of the reference does. */
export function flagsOfConfig(table: FlagTable, config: TrainConfig): PrintedFlag[] {
  return table.flags
    .filter(({ own, setting }) => !(own && setting?.place.of === 'phases'))
    .map((entry) => ({
      name: entry.flag.name,
      value: valueOf(entry, config),
      isFloat: entry.flag.kind === 'float',
    }));
}
