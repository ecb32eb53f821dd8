// In what runs differ that were asked for different things.
import type { RunRecord } from '../protocol/run';
import type { DifferingSetting } from '../protocol/runRow';

/** The settings in which these runs differ, in the order of the first that has them. */
export function differingSettings(records: readonly Pick<RunRecord, 'request' | 'config'>[]): DifferingSetting[] {
  const all = records.map((record) => new Map(settingsOf(record)));
  const names = new Set(all.flatMap((settings) => [...settings.keys()]));
  return [...names]
    .map((name) => ({ name, values: all.map((settings) => settings.get(name)) }))
    .filter(({ values }) => new Set(values).size > 1);
}

/** Of a training its configuration as it was used, of anything else what was asked for. */
function settingsOf({ request, config }: Pick<RunRecord, 'request' | 'config'>): [string, string][] {
  if (request.kind === 'train') return flat(config ?? request.config, '');
  return flat(request, '');
}

function flat(value: object, prefix: string): [string, string][] {
  return Object.entries(value).flatMap(([name, inner]: [string, unknown]): [string, string][] => {
    if (inner === undefined) return [];
    if (typeof inner === 'object' && inner !== null) return flat(inner, `${prefix}${name}.`);
    return [[prefix + name, typeof inner === 'string' ? inner : JSON.stringify(inner)]];
  });
}
