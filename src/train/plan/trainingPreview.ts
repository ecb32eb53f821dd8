// What a training will do, told before it starts: nothing is written and no value of a model is read.
import { openModel } from '../../checkpoint/model';
import type { RestorePlan } from '../../checkpoint/restorePlan';
import { readPairs } from '../../dataset/pairs';
import { estimateMemory, wasmMemory } from './memory';
import type { Recipe } from '../../protocol/recipe';
import type { TrainConfig } from '../../protocol/trainConfig';
import { alignmentMismatches } from '../../input/alignmentCheck';
import { chooseNetwork, chooseRecipe } from './chosenNetwork';
import { planPhases, sizeOfEpoch } from './phases';
import { usablePlan } from './startingWeights';
import { estimateTime, type MeasuredRates, type TimeEstimate, type TrainingDevice } from './timeEstimate';
import { openTrainingSet } from '../data/trainingSet';
import { planVariants, variantCount } from '../data/variants';

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
  /** The largest phase does not fit into the embedded engine. */
  tooLarge: boolean;
  time: TimeEstimate;
  /** What does not fit together, one sentence each. */
  warnings: string[];
}

/**
 * Looks at everything that a configuration names.
 * @throws UserError for data, a model, pairs or phases with which the training would not start
 */
export async function previewTraining(
  config: TrainConfig,
  device: TrainingDevice,
  measured?: MeasuredRates,
): Promise<TrainingPreview> {
  const set = await openTrainingSet(config);
  const { pretrainedModel, lfw } = config;
  const model = pretrainedModel === undefined ? undefined : await openModel(pretrainedModel);
  const network = chooseNetwork(config, model);
  const recipe = chooseRecipe(config, model, network);
  const pairs = lfw === undefined ? undefined : await readPairs(lfw.pairs, lfw.dir);
  const restore = model === undefined ? undefined : await usablePlan(network, set.labels, model);

  const classes = set.labels.length;
  const { imageSize } = recipe;
  const { batchSize, stepsPerEpoch } = sizeOfEpoch(config, set.training.length);
  const steps = planPhases(network, config.phases, stepsPerEpoch).map((phase) => {
    const { total } = estimateMemory(network, {
      trainableFrom: network.stages[phase.cut]?.name ?? 'Logits',
      batchSize,
      optimizer: phase.optimizer ?? config.optimizer,
      classes,
      batchNorm: phase.batchNorm === 'frozen' ? 'frozen' : 'update',
      imageSize,
    });
    return { phase: phase.name, total };
  });
  const memory = steps.reduce((largest, step) => (step.total > largest.total ? step : largest), {
    phase: '',
    total: 0,
  });
  const work = {
    ...{ network, config, imageSize, classes },
    trainingImages: set.training.length,
    validationImages: set.validation.length,
    variants: variantCount(planVariants(config, config.randomCrop)),
    lfwImages: pairs === undefined ? 0 : new Set(pairs.pairs.flatMap(({ a, b }) => [a, b])).size,
  };
  const warnings = [
    ...set.notes,
    ...(await alignmentMismatches(config.dataDir, recipe, { mayBeLarger: config.randomCrop })),
    ...(lfw === undefined || lfw.dir === config.dataDir ? [] : await alignmentMismatches(lfw.dir, recipe)),
  ];
  if (pairs !== undefined && pairs.skipped.length > 0) {
    warnings.push(`${pairs.skipped.length} of the pairs are skipped: ${pairs.skipped[0]!.reason}`);
  }
  return {
    people: classes,
    trainingImages: set.training.length,
    validationImages: set.validation.length,
    network: network.name,
    recipe,
    ...(restore !== undefined && { restore }),
    memory,
    tooLarge: device === 'wasm' && memory.total > wasmMemory,
    time: estimateTime(work, device, measured),
    warnings,
  };
}
