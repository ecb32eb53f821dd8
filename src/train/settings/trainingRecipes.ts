// How the reference's published models were trained from scratch, as run configurations without a folder.
import { basename } from 'node:path';
import type { z } from 'zod';
import { UserError } from '../../protocol/errors';
import { lfwSettings } from '../../protocol/settings/lfwSettings';
import { type LfwConfig, lfwConfigSchema, type TrainConfig, trainConfigSchema } from '../../protocol/trainConfig';
import { stageAliases } from './defaultPhases';
import { type FlagValues, given } from './flagValues';
import { expandHome } from './homePath';
import type { SchedulePoint } from './schedule';

/** The folders that a recipe is carried out on, all absolute. */
export interface RecipeData {
  dataDir: string;
  /** Left out: no validation on pairs. */
  lfw?: Pick<LfwConfig, 'dir' | 'pairs'>;
}

export interface TrainingRecipe {
  /** On the command line. */
  name: 'casia' | 'vggface2';
  /** The dataset that the reference trained on. */
  dataset: string;
  people: number;
  images: number;
  /** The model that came of it. */
  model: string;
  settings: Omit<z.input<typeof trainConfigSchema>, 'dataDir' | 'pretrainedModel' | 'lfw'>;
}

/** What both recipes say. The reference's epoch is 1,000 steps, however many the images are. */
const common = {
  network: 'inception_resnet_v1',
  embeddingSize: 512,
  imageSize: 160,
  standardization: 'fixed',
  optimizer: 'ADAM',
  batchSize: 90,
  epochSize: 1000,
  weightDecay: 5e-4,
  randomFlip: true,
  validateEveryEpochs: 5,
} as const satisfies Partial<TrainingRecipe['settings']>;

const validation = { distanceMetric: 1, useFlippedImages: true, subtractMean: true } as const;

/** The whole network at once, until a rate of −1 ends the training. */
function untilScheduleEnds(epochs: number, learningRate: SchedulePoint[]): TrainingRecipe['settings']['phases'] {
  return [{ name: 'all', trainableFrom: stageAliases.all, epochs, learningRate, batchNorm: 'update' }];
}

/** The commands of the reference's wiki; CASIA's also spec §6.11, the schedules spec §6.3. */
export const trainingRecipes: readonly TrainingRecipe[] = [
  {
    name: 'casia',
    dataset: 'CASIA-WebFace',
    people: 10_575,
    images: 453_453,
    model: '20180408-102900',
    settings: {
      ...common,
      phases: untilScheduleEnds(150, [
        { epoch: 0, rate: 0.05 },
        { epoch: 60, rate: 0.005 },
        { epoch: 80, rate: 0.0005 },
        { epoch: 91, rate: -1 },
      ]),
      keepProbability: 0.8,
      prelogitsNormLossFactor: 5e-4,
      randomCrop: true,
      validationSplitRatio: 0.05,
    },
  },
  {
    name: 'vggface2',
    dataset: 'VGGFace2',
    people: 8_631,
    images: 3_141_890,
    model: '20180402-114759',
    settings: {
      ...common,
      phases: untilScheduleEnds(500, [
        { epoch: 0, rate: 0.05 },
        { epoch: 100, rate: 0.005 },
        { epoch: 200, rate: 0.0005 },
        { epoch: 276, rate: -1 },
      ]),
      keepProbability: 0.4,
      validationSplitRatio: 0.01,
    },
  },
];

/** The recipe of a name; undefined where there is none, so that the name may be something else. */
export function recipeNamed(name: string): TrainingRecipe | undefined {
  return trainingRecipes.find((recipe) => recipe.name === name);
}

/** A recipe on somebody's own folders. */
export function configOfRecipe({ settings }: TrainingRecipe, { dataDir, lfw }: RecipeData): TrainConfig {
  return trainConfigSchema.parse({
    ...settings,
    dataDir,
    ...(lfw !== undefined && { lfw: lfwConfigSchema.parse({ ...lfw, ...validation }) }),
  });
}

/**
 * A recipe on the folders that flags name.
 * @param flags those that were typed
 * @throws UserError where no folder is named: the default is the reference's author's
 */
export function recipeOfFlags(recipe: TrainingRecipe, flags: FlagValues): { config: TrainConfig; title: string } {
  const folder = given<string>(flags, 'data_dir');
  if (folder === undefined) {
    throw new UserError(`The recipe ${recipe.name} names no folder to train on.`, 'Name yours with --data_dir FOLDER.');
  }
  const lfw = given<string>(flags, 'lfw_dir');
  const pairs = given<string>(flags, 'lfw_pairs') ?? lfwSettings.pairs.flag.default;
  const config = configOfRecipe(recipe, {
    dataDir: expandHome(folder),
    ...(lfw !== undefined && { lfw: { dir: expandHome(lfw), pairs: expandHome(pairs) } }),
  });
  return { config, title: `${recipe.name} on ${basename(config.dataDir)}` };
}
