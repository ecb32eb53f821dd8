// The flags of the reference's train_softmax.py (spec §6.1) and the configuration that they mean, both ways.
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { openModel } from '../../checkpoint/model';
import { networkByName } from '../../network/registry';
import { UserError } from '../../protocol/errors';
import type { NetworkName } from '../../protocol/recipe';
import {
  phaseSchema,
  trainConfigSchema,
  type OptimizerName,
  type Phase,
  type TrainConfig,
} from '../../protocol/trainConfig';
import { expandHome } from './homePath';
import { defaultPhases, stageAliases } from './defaultPhases';
import { parseSchedule } from './schedule';

/** Parsed flags by their names; undefined or null where a flag was not given and has no default. */
export type FlagValues = Readonly<Record<string, unknown>>;

/** Defaults of the reference that hold for a training from scratch. */
export const referenceDefaults = {
  max_nrof_epochs: 500,
  epoch_size: 1000,
  optimizer: 'ADAGRAD',
  learning_rate: 0.1,
  model_def: 'inception_resnet_v1',
  image_size: 160,
  embedding_size: 128,
} as const;

const lfwDefaults = { pairs: 'data/pairs.txt', batchSize: 100, folds: 10 } as const;

/** Flags that are understood but change nothing here: the value that asks for nothing, and what holds instead. */
const withoutEffect: Readonly<Record<string, { neutral: unknown; reason: string }>> = {
  gpu_memory_fraction: {
    neutral: 1,
    reason: 'TensorFlow for Node.js takes GPU memory as it needs it, without a limit',
  },
  nrof_preprocess_threads: {
    neutral: 4,
    reason: 'images are decoded on as many threads as the system gives; the reference ignores it too',
  },
};

/** One sentence for each given flag that changes nothing, so that none is passed over in silence. */
export function ineffectiveFlags(flags: FlagValues): string[] {
  return Object.entries(withoutEffect)
    .filter(([name, { neutral }]) => given(flags, name) !== undefined && flags[name] !== neutral)
    .map(([name, { reason }]) => `--${name} has no effect: ${reason}.`);
}

const given = <T>(flags: FlagValues, name: string): T | undefined => {
  const value = flags[name];
  return value === undefined || value === null || value === '' ? undefined : (value as T);
};

async function readLines(path: string, what: string): Promise<string> {
  return readFile(path, 'utf8').catch((cause: unknown) => {
    throw new UserError(`The ${what} ${path} cannot be read.`, 'Check the path.', { cause });
  });
}

/** Phases from a JSON file: a list of phases, or an object with the list under `phases`. */
export async function readPhases(path: string): Promise<Phase[]> {
  const text = await readLines(path, 'file of phases');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new UserError(`${path} is not JSON: ${(cause as Error).message}.`, 'Write a list of phases.', { cause });
  }
  const list = Array.isArray(value) ? (value as unknown[]) : (value as { phases?: unknown } | null)?.phases;
  const parsed = z.array(phaseSchema).min(1).safeParse(list);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  throw new UserError(
    `${path}: ${issue.path.length === 0 ? 'phases' : issue.path.join('.')}: ${issue.message}.`,
    'A phase is {"name": "classifier", "trainableFrom": "Logits", "epochs": 30, "learningRate": 0.1}.',
  );
}

/** The learning rate that the flags name: a number, or the points of the schedule file when it is not positive (spec §6.3). */
async function learningRateOf(flags: FlagValues): Promise<Phase['learningRate'] | undefined> {
  const rate = given<number>(flags, 'learning_rate');
  if (rate === undefined || rate > 0) return rate;
  const file = given<string>(flags, 'learning_rate_schedule_file');
  if (file === undefined) {
    throw new UserError(
      `--learning_rate ${rate} needs a schedule.`,
      'Give --learning_rate_schedule_file FILE with lines like "0: 0.05".',
    );
  }
  return parseSchedule(await readLines(file, 'learning rate schedule'), file);
}

async function phasesOf(flags: FlagValues, network: NetworkName | undefined): Promise<Phase[]> {
  const file = given<string>(flags, 'phases');
  if (file !== undefined) return readPhases(file);
  const pretrained = given<string>(flags, 'pretrained_model') !== undefined;
  const from = given<string>(flags, 'trainable_from');
  const rate = await learningRateOf(flags);
  const epochs = given<number>(flags, 'max_nrof_epochs');
  const batchNorm = given<Phase['batchNorm']>(flags, 'batch_norm');
  const phase = (name: string, trainableFrom: string, fallback: Phase): Phase => ({
    ...(given<OptimizerName>(flags, 'optimizer') === undefined ? fallback : {}),
    name,
    trainableFrom,
    epochs: epochs ?? fallback.epochs,
    learningRate: rate ?? fallback.learningRate,
    batchNorm: batchNorm ?? fallback.batchNorm,
  });
  if (!pretrained) {
    const { max_nrof_epochs, learning_rate } = referenceDefaults;
    const fallback: Phase = { ...defaultPhases(false)[0]!, epochs: max_nrof_epochs, learningRate: learning_rate };
    return [phase('all', from ?? stageAliases.all, fallback)];
  }
  const [classifier, lastBlock] = defaultPhases(true, network) as [Phase, Phase];
  if (from === undefined) return [classifier, phase(lastBlock.name, lastBlock.trainableFrom, lastBlock)];
  if (/^logits$/i.test(from)) return [phase(classifier.name, from, classifier)];
  return [classifier, phase(`from ${from}`, from, lastBlock)];
}

/**
 * The configuration that a command line of train_softmax.py means. Without a pretrained model the reference's defaults
 * hold. With one, what is not given comes from the model (network, sizes, standardisation) and from the two phases of
 * fine-tuning (spec §6.11); --learning_rate, --max_nrof_epochs and the schedule then belong to the last phase, the new
 * classifier always comes first.
 * @throws UserError for a file that cannot be read or a value that is out of range
 */
export async function configFromFlags(flags: FlagValues): Promise<TrainConfig> {
  const path = (name: string): string | undefined => {
    const value = given<string>(flags, name);
    return value === undefined ? undefined : expandHome(value);
  };
  const pretrainedModel = flags['pretrained_model'] === 'starter' ? 'starter' : path('pretrained_model');
  const scratch = pretrainedModel === undefined;
  const model = given<string>(flags, 'model_def');
  const named = model === undefined ? undefined : networkByName(model).name;
  const network = named ?? (pretrainedModel === undefined ? undefined : (await openModel(pretrainedModel)).network);
  const lfwDir = path('lfw_dir');
  const optimizer = given<OptimizerName>(flags, 'optimizer');
  const epochSize = given<number>(flags, 'epoch_size');
  const flag = (name: string): boolean | undefined => given<boolean>(flags, name);
  const parsed = trainConfigSchema.safeParse({
    dataDir: path('data_dir'),
    pretrainedModel,
    network: named ?? (scratch ? referenceDefaults.model_def : undefined),
    embeddingSize: given(flags, 'embedding_size') ?? (scratch ? referenceDefaults.embedding_size : undefined),
    // dlib's network, which the reference does not have, has a size of its own.
    imageSize:
      given(flags, 'image_size') ?? (scratch && named !== 'dlib_resnet' ? referenceDefaults.image_size : undefined),
    standardization: flag('use_fixed_image_standardization') === true ? 'fixed' : scratch ? 'per_image' : undefined,
    phases: await phasesOf(flags, network),
    optimizer: optimizer ?? (scratch ? referenceDefaults.optimizer : undefined),
    batchSize: given(flags, 'batch_size'),
    epochSize: epochSize ?? (scratch ? referenceDefaults.epoch_size : 0),
    keepProbability: given(flags, 'keep_probability'),
    weightDecay: given(flags, 'weight_decay'),
    prelogitsNormLossFactor: given(flags, 'prelogits_norm_loss_factor'),
    prelogitsNormP: given(flags, 'prelogits_norm_p'),
    centerLossFactor: given(flags, 'center_loss_factor'),
    centerLossAlfa: given(flags, 'center_loss_alfa'),
    randomFlip: flag('random_flip'),
    randomCrop: flag('random_crop'),
    randomRotate: flag('random_rotate'),
    cropsPerImage: given(flags, 'crops_per_image'),
    validationSplitRatio: given(flags, 'validation_set_split_ratio'),
    minTrainImagesPerClass: given(flags, 'min_nrof_val_images_per_class'),
    filterFilename: path('filter_filename'),
    filterPercentile: given(flags, 'filter_percentile'),
    filterMinImagesPerClass: given(flags, 'filter_min_nrof_images_per_class'),
    validateEveryEpochs: given(flags, 'validate_every_n_epochs'),
    seed: given(flags, 'seed'),
    keepCheckpoints: given(flags, 'keep_checkpoints'),
    learningRateDecayEpochs: given(flags, 'learning_rate_decay_epochs'),
    learningRateDecayFactor: given(flags, 'learning_rate_decay_factor'),
    learningRateScheduleFile: given(flags, 'learning_rate_schedule_file'),
    movingAverageDecay: given(flags, 'moving_average_decay'),
    logHistograms: flag('log_histograms'),
    prelogitsHistMax: given(flags, 'prelogits_hist_max'),
    logsBaseDir: path('logs_base_dir'),
    modelsBaseDir: path('models_base_dir'),
    engine: given(flags, 'engine'),
    lfw:
      lfwDir === undefined
        ? undefined
        : {
            dir: lfwDir,
            pairs: path('lfw_pairs'),
            folds: given(flags, 'lfw_nrof_folds'),
            distanceMetric: given(flags, 'lfw_distance_metric'),
            useFlippedImages: flag('lfw_use_flipped_images'),
            subtractMean: flag('lfw_subtract_mean'),
            batchSize: given(flags, 'lfw_batch_size'),
            everyEpochs: given(flags, 'lfw_every_n_epochs'),
          },
  });
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  throw new UserError(
    `${issue.path.join('.')}: ${issue.message}.`,
    'facenet train-softmax --help tells what each option takes.',
  );
}

/** Flags whose values are floating-point numbers in the reference, where 1 is printed as 1.0. */
export const floatFlags: ReadonlySet<string> = new Set([
  'gpu_memory_fraction',
  'keep_probability',
  'weight_decay',
  'center_loss_factor',
  'center_loss_alfa',
  'prelogits_norm_loss_factor',
  'prelogits_norm_p',
  'prelogits_hist_max',
  'learning_rate',
  'learning_rate_decay_factor',
  'moving_average_decay',
  'filter_percentile',
  'validation_set_split_ratio',
  'min_nrof_val_images_per_class',
]);

/** The flags of a configuration, in the reference's order, for arguments.txt. Phases are written as JSON. */
export function configFlags(config: TrainConfig): { name: string; value: string | number | boolean | undefined }[] {
  const { lfw } = config;
  const last = config.phases.at(-1)!;
  const values: Record<string, string | number | boolean | undefined> = {
    logs_base_dir: config.logsBaseDir,
    models_base_dir: config.modelsBaseDir,
    gpu_memory_fraction: 1,
    pretrained_model: config.pretrainedModel,
    data_dir: config.dataDir,
    model_def: config.network === undefined ? undefined : `models.${config.network}`,
    max_nrof_epochs: last.epochs,
    batch_size: config.batchSize,
    image_size: config.imageSize,
    epoch_size: config.epochSize,
    embedding_size: config.embeddingSize,
    random_crop: config.randomCrop,
    random_flip: config.randomFlip,
    random_rotate: config.randomRotate,
    use_fixed_image_standardization: config.standardization === 'fixed',
    keep_probability: config.keepProbability,
    weight_decay: config.weightDecay,
    center_loss_factor: config.centerLossFactor,
    center_loss_alfa: config.centerLossAlfa,
    prelogits_norm_loss_factor: config.prelogitsNormLossFactor,
    prelogits_norm_p: config.prelogitsNormP,
    prelogits_hist_max: config.prelogitsHistMax,
    optimizer: config.optimizer,
    learning_rate: typeof last.learningRate === 'number' ? last.learningRate : -1,
    learning_rate_decay_epochs: config.learningRateDecayEpochs,
    learning_rate_decay_factor: config.learningRateDecayFactor,
    moving_average_decay: config.movingAverageDecay,
    seed: config.seed,
    nrof_preprocess_threads: 4,
    log_histograms: config.logHistograms,
    learning_rate_schedule_file: config.learningRateScheduleFile,
    filter_filename: config.filterFilename ?? '',
    filter_percentile: config.filterPercentile,
    filter_min_nrof_images_per_class: config.filterMinImagesPerClass,
    validate_every_n_epochs: config.validateEveryEpochs,
    validation_set_split_ratio: config.validationSplitRatio,
    min_nrof_val_images_per_class: config.minTrainImagesPerClass,
    lfw_pairs: lfw?.pairs ?? lfwDefaults.pairs,
    lfw_dir: lfw?.dir ?? '',
    lfw_batch_size: lfw?.batchSize ?? lfwDefaults.batchSize,
    lfw_nrof_folds: lfw?.folds ?? lfwDefaults.folds,
    lfw_distance_metric: lfw?.distanceMetric ?? 0,
    lfw_use_flipped_images: lfw?.useFlippedImages ?? false,
    lfw_subtract_mean: lfw?.subtractMean ?? false,
    phases: JSON.stringify(config.phases),
    crops_per_image: config.cropsPerImage,
    lfw_every_n_epochs: lfw?.everyEpochs ?? 0,
    keep_checkpoints: config.keepCheckpoints,
    engine: config.engine,
  };
  return Object.entries(values).map(([name, value]) => ({ name, value }));
}
