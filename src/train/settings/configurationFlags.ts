// Flags of the command line that are given beside a run configuration: they win.
import { UserError } from '../../protocol/errors';
import { type Phase, type TrainConfig, trainConfigSchema } from '../../protocol/trainConfig';
import { configFromFlags } from './configFromFlags';
import type { FlagTable } from './flagTable';
import { type FlagValues, given as valueOf } from './flagValues';

/**
 * A configuration changed by the flags that were typed beside it; every other flag is undefined in `given`. Rates, epochs,
 * optimizer, batch norm and first trained stage belong to the last phase; `phases` replaces all of them.
 * @throws UserError for a value that is out of range, a file that cannot be read or a flag that cannot stand here
 */
export async function configWithFlags(table: FlagTable, config: TrainConfig, given: FlagValues): Promise<TrainConfig> {
  const entries = new Map(table.flags.map((entry) => [entry.flag.name, entry]));
  const names = Object.keys(given)
    .filter((name) => valueOf(given, name) !== undefined)
    .filter((name) => entries.get(name)?.reason === undefined);
  if (names.length === 0) return config;
  if (names.includes('learning_rate_schedule_file') && !(Number(given.learning_rate) <= 0)) {
    throw new UserError('--learning_rate_schedule_file is read only with --learning_rate -1.', 'Give both.');
  }
  const base: FlagValues = {
    data_dir: config.dataDir,
    pretrained_model: config.pretrainedModel,
    model_def: config.network,
    lfw_dir: config.lfw?.dir,
    lfw_pairs: config.lfw?.pairs,
  };
  const typed = Object.fromEntries(names.map((name) => [name, given[name]]));
  const meant = await configFromFlags(table, { ...base, ...typed });
  const changed: Record<string, unknown> = { ...config };
  for (const name of names) {
    const place = entries.get(name)?.setting?.place;
    if (place === undefined) {
      throw new UserError(`--${name} cannot stand beside --config.`, 'Change the file instead.');
    }
    const { of, field } = place;
    if (of === 'config') changed[field] = meant[field as keyof TrainConfig];
    if (of === 'lfw') {
      if (meant.lfw === undefined) throw new UserError(`--${name} needs --lfw_dir: the configuration has no lfw.`);
      changed.lfw = { ...(changed.lfw ?? meant.lfw), [field]: meant.lfw[field as keyof typeof meant.lfw] };
    }
  }
  changed.phases = phasesWith(table, config.phases, typed, meant.phases);
  return trainConfigSchema.parse(changed);
}

function phasesWith(
  table: FlagTable,
  phases: readonly Phase[],
  typed: FlagValues,
  meant: readonly Phase[],
): readonly Phase[] {
  if (typed.phases !== undefined) return meant;
  const wanted = meant.at(-1)!;
  const changed: Record<string, unknown> = { ...phases.at(-1)! };
  for (const { flag, setting } of table.flags) {
    if (setting?.place.of !== 'phases' || typed[flag.name] === undefined) continue;
    const { field } = setting.place;
    changed[field] = wanted[field as keyof Phase];
  }
  // Also that of the last phase, which may have one of its own.
  if (typed.optimizer !== undefined) changed.optimizer = typed.optimizer;
  return [...phases.slice(0, -1), changed as Phase];
}
