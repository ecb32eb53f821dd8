// What a plan will take, told before it is carried out.
import type { RestorePlan } from '../../checkpoint/restorePlan';
import type { OpenOptions } from '../../dataset/datasetIndex';
import type { Recipe } from '../../protocol/recipe';
import type { TrainConfig } from '../../protocol/trainConfig';
import { planVariants, variantCount } from '../data/variants';
import { availableMemory } from './memory';
import { estimateTime, type MeasuredRates, type TimeEstimate } from './timeEstimate';
import type { TrainingDevice } from './trainingDevice';
import { imagesOfRound } from './tripletPlan';
import { memoryOf, planTraining, restoreOf, type TrainingPlan } from './trainingPlan';

export interface TrainingPreview {
  people: number;
  trainingImages: number;
  validationImages: number;
  network: string;
  recipe: Recipe;
  /** Absent without a pretrained model. */
  restore?: { plan: RestorePlan; notes: string[] };
  /** Bytes of the largest phase's step, without the engine, and the phase. */
  memory: { phase: string; total: number };
  /** The largest phase does not fit into what the device has free. */
  tooLarge: boolean;
  time: TimeEstimate;
  /** What does not fit together, one sentence each. */
  warnings: string[];
}

/**
 * What a training of this configuration will do, on a device with so many bytes `available`. Nothing is written but the index
 * of the images, where `data` names one, and no value of a model is read.
 * @throws UserError as `planTraining`, and for a model that has almost nothing of the network
 */
export async function previewTraining(
  config: TrainConfig,
  device: TrainingDevice,
  measured?: MeasuredRates,
  { available = availableMemory(device), ...data }: { available?: number } & OpenOptions = {},
): Promise<TrainingPreview> {
  const plan = await planTraining(config, data);
  const { set, network, recipe, phases } = plan;
  const restore = await restoreOf(plan);
  const memory = phases
    .map((phase) => ({ phase: phase.name, total: memoryOf(plan, phase) }))
    .reduce((largest, step) => (step.total > largest.total ? step : largest));
  return {
    people: set.labels.length,
    trainingImages: set.training.length,
    validationImages: set.validation.length,
    network: network.name,
    recipe,
    ...(restore !== undefined && { restore }),
    memory,
    tooLarge: memory.total > available,
    time: timeOf(plan, device, measured),
    warnings: plan.warnings,
  };
}

/** About how long a plan takes on a device. */
export function timeOf(plan: TrainingPlan, device: TrainingDevice, measured: MeasuredRates | undefined): TimeEstimate {
  const { config, set, network, recipe, head, pairs, phases, batchSize } = plan;
  return estimateTime(
    {
      ...{ network, phases, batchSize, imageSize: recipe.imageSize, head: head.stages },
      trainingImages: set.training.length,
      roundImages: head.triplets === undefined ? 0 : imagesOfRound(config, set),
      validationImages: set.validation.length,
      // Whether crops differ is known only when every image has been looked at.
      variants: variantCount(planVariants(config, config.randomCrop)),
      validateEveryEpochs: config.validateEveryEpochs,
      ...(config.lfw !== undefined && { lfw: config.lfw }),
      lfwImages: pairs === undefined ? 0 : new Set(pairs.pairs.flatMap(({ a, b }) => [a, b])).size,
    },
    device,
    measured,
  );
}
