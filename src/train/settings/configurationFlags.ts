// Flags of the command line that are given beside a run configuration: they win.
import { UserError } from '../../protocol/errors';
import { lfwConfigSchema, type Phase, type TrainConfig, trainConfigSchema } from '../../protocol/trainConfig';
import { configFromFlags, type FlagValues, ineffectiveFlags } from './flags';

/** Flags that change the phases: all of them, or the last one. */
const ofPhases = ['phases', 'trainable_from', 'learning_rate', 'max_nrof_epochs', 'batch_norm', 'optimizer'] as const;

/** Settings whose names do not follow from those of their flags. */
const renamed: Readonly<Record<string, keyof TrainConfig>> = {
  model_def: 'network',
  use_fixed_image_standardization: 'standardization',
  validate_every_n_epochs: 'validateEveryEpochs',
  validation_set_split_ratio: 'validationSplitRatio',
  min_nrof_val_images_per_class: 'minTrainImagesPerClass',
  filter_min_nrof_images_per_class: 'filterMinImagesPerClass',
};
const renamedOfLfw: Readonly<Record<string, string>> = {
  lfw_nrof_folds: 'folds',
  lfw_every_n_epochs: 'everyEpochs',
};

const camelCase = (name: string): string => name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
const isGiven = (value: unknown): boolean => value !== undefined && value !== null && value !== '';

/** Where a flag's value goes: a field of the configuration, one of its `lfw`, or the phases; undefined for none of them. */
export function settingOf(flag: string): { field: string; of: 'config' | 'lfw' | 'phases' } | undefined {
  if ((ofPhases as readonly string[]).includes(flag)) return { field: flag, of: 'phases' };
  const field = renamed[flag] ?? camelCase(flag);
  if (field in trainConfigSchema.shape) return { field, of: 'config' };
  const ofLfw = renamedOfLfw[flag] ?? camelCase(flag.replace(/^lfw_/, ''));
  if (flag.startsWith('lfw_') && ofLfw in lfwConfigSchema.shape) return { field: ofLfw, of: 'lfw' };
  return undefined;
}

/** Whether a flag means anything here; one that does not is told by `ineffectiveFlags`. */
export function hasEffect(flag: string): boolean {
  return ineffectiveFlags({ [flag]: Symbol('any value') }).length === 0;
}

/**
 * A configuration changed by the flags that were typed beside it; every other flag is undefined in `given`. Rates, epochs,
 * optimizer, batch norm and first trained stage belong to the last phase; `phases` replaces all of them.
 * @throws UserError for a value that is out of range, a file that cannot be read or a flag that cannot stand here
 */
export async function configWithFlags(config: TrainConfig, given: FlagValues): Promise<TrainConfig> {
  const names = Object.keys(given).filter((name) => isGiven(given[name]) && hasEffect(name));
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
  const meant = await configFromFlags({ ...base, ...typed });
  const changed: Record<string, unknown> = { ...config };
  for (const name of names) {
    const setting = settingOf(name);
    if (setting?.of === 'config') changed[setting.field] = meant[setting.field as keyof TrainConfig];
    if (setting?.of === 'lfw') {
      if (meant.lfw === undefined) throw new UserError(`--${name} needs --lfw_dir: the configuration has no lfw.`);
      changed.lfw = {
        ...(changed.lfw ?? meant.lfw),
        [setting.field]: meant.lfw[setting.field as keyof typeof meant.lfw],
      };
    }
    if (setting === undefined) {
      throw new UserError(`--${name} cannot stand beside --config.`, 'Change the file instead.');
    }
  }
  if (names.includes('optimizer')) changed.optimizer = meant.optimizer;
  changed.phases = phasesWith(config.phases, typed, meant.phases);
  return trainConfigSchema.parse(changed);
}

function phasesWith(phases: readonly Phase[], typed: FlagValues, meant: readonly Phase[]): readonly Phase[] {
  if (typed.phases !== undefined) return meant;
  const last = phases.at(-1)!;
  const wanted = meant.at(-1)!;
  const changed: Phase = {
    ...last,
    ...(typed.trainable_from !== undefined && { trainableFrom: wanted.trainableFrom }),
    ...(typed.learning_rate !== undefined && { learningRate: wanted.learningRate }),
    ...(typed.max_nrof_epochs !== undefined && { epochs: wanted.epochs }),
    ...(typed.batch_norm !== undefined && { batchNorm: wanted.batchNorm }),
    ...(typed.optimizer !== undefined && { optimizer: typed.optimizer as Phase['optimizer'] }),
  };
  return [...phases.slice(0, -1), changed];
}
