// A training before it begins: everything that a configuration names, opened and fitted together. One part estimates a
// plan, another carries it out.
import { openModel, type Model } from '../../checkpoint/model';
import type { RestorePlan } from '../../checkpoint/restorePlan';
import type { OpenOptions } from '../../dataset/datasetIndex';
import { alignmentMismatches, recipeDifferences } from '../../input/alignmentCheck';
import { dropsValues } from '../../network/describe';
import type { Network } from '../../network/network';
import { UserError } from '../../protocol/errors';
import type { Recipe } from '../../protocol/recipe';
import { unreadByHead, withHeadValues } from '../../protocol/settings/headDefaults';
import { headSettings } from '../../protocol/settings/headSettings';
import type { TrainConfig } from '../../protocol/trainConfig';
import { foldMismatches, readLfwPairs, type PairList } from '../../recognize/validateOnPairs';
import { remarksOnOrder } from '../data/openSampleOrder';
import { openTrainingSet, type TrainingSet } from '../data/trainingSet';
import type { LossHead } from '../heads/head';
import { openHead } from '../heads/openHead';
import { chooseNetwork, chooseRecipe } from './chosenNetwork';
import { estimateMemory } from './memory';
import { rateInWords } from './learningRate';
import { planPhases, sizeOfEpoch, type PlannedPhase } from './phases';
import { usablePlan } from './startingWeights';
import { checkTriplets } from './tripletPlan';

export interface TrainingPlan {
  config: TrainConfig;
  set: TrainingSet;
  /** Absent from scratch. */
  model?: Model;
  network: Network;
  recipe: Recipe;
  head: LossHead;
  /** Absent without validation on pairs. */
  pairs?: PairList;
  /** Samples of one step. */
  batchSize: number;
  stepsPerEpoch: number;
  /** One after another; at least one. */
  phases: PlannedPhase[];
  /** Lowest stage that any phase computes at every step. */
  base: number;
  /** What in the images does not fit the model; numbers that are measured on them carry it. */
  mismatches: string[];
  /** Everything that does not fit together, those included, one sentence each. */
  warnings: string[];
  /** What a user may want to know, one sentence each. */
  remarks: string[];
}

/**
 * Opens data, model and pairs and lays out the phases. No value of a model is read and nothing is written. The plan's
 * configuration has every value of its head written out, so that the run records them.
 * @param options how the dataset is opened
 * @throws UserError for data, a model, pairs or phases with which the training would not start
 */
export async function planTraining(chosen: TrainConfig, options: OpenOptions = {}): Promise<TrainingPlan> {
  const config = withHeadValues(chosen);
  // Triplets have no classifier to validate, so that no image is kept from them.
  const triplets = config.head === 'triplet';
  const set = await openTrainingSet(triplets ? { ...config, validationSplitRatio: 0 } : config, options);
  const { lfw, pretrainedModel } = config;
  const model = pretrainedModel === undefined ? undefined : await openModel(pretrainedModel);
  const network = chooseNetwork(config, model);
  const recipe = chooseRecipe(config, model, network);
  const head = openHead(config, { classes: set.labels.length, embeddingSize: network.embeddingSize });
  const pairs = lfw === undefined ? undefined : await readLfwPairs(lfw);
  const mismatches = await mismatchesOf(config, model, recipe);
  if (lfw !== undefined && pairs !== undefined) mismatches.push(...foldMismatches(pairs, lfw.folds));

  const { batchSize, stepsPerEpoch } = sizeOfEpoch(config, set.training.length, set.training.peopleWithImages);
  const phases = planPhases(network, config.phases, stepsPerEpoch);
  if (phases.length === 0)
    throw new UserError('No phase has any epochs.', 'Give at least one phase an epoch and a positive rate.');
  const remarks = [...set.remarks, ...phases.flatMap((phase) => remarksOn(phase, config, network))];
  remarks.push(...remarksOnRestored(config, model));
  if (triplets) remarks.push(...checkTriplets(config, set, phases, network));
  else remarks.unshift(...remarksOnOrder(config, set.training));
  if (batchSize < config.batchSize && config.sampler !== 'people')
    remarks.unshift(`There are only ${set.training.length} training images: batches have ${batchSize}.`);
  return {
    ...{ config, set, model, network, recipe, head, pairs, batchSize, stepsPerEpoch, phases },
    base: Math.min(...phases.map(({ cut }) => cut)),
    mismatches,
    warnings: [...(model?.notes ?? []), ...set.notes, ...mismatches, ...skippedPairs(pairs), ...unreadSettings(chosen)],
    remarks,
  };
}

/** What the training takes from its model, from the model's header alone. @throws UserError where that is almost nothing */
export async function restoreOf({
  network,
  head,
  set,
  model,
}: TrainingPlan): Promise<{ plan: RestorePlan; notes: string[] } | undefined> {
  return model === undefined ? undefined : usablePlan(network, head, set.labels, model);
}

/**
 * Bytes of one step of a phase.
 * @param images of one pass forward and back; default those of the configuration
 */
export function memoryOf(plan: TrainingPlan, phase: PlannedPhase, images = imagesOfPass(plan)): number {
  const { config, network, head, recipe, batchSize } = plan;
  return estimateMemory(network, {
    head: head.stages,
    cut: phase.cut,
    batchSize: images,
    accumulates: images < batchSize,
    optimizer: phase.optimizer ?? config.optimizer,
    batchNorm: phase.batchNorm === 'frozen' ? 'frozen' : 'update',
    imageSize: recipe.imageSize,
  }).total;
}

/** Images of one pass forward and back. @param microBatch what the run has come down to, where it has */
export function imagesOfPass({ config, batchSize }: TrainingPlan, microBatch = Infinity): number {
  return Math.min(batchSize, config.microBatch ?? Infinity, microBatch);
}

/**
 * The first phase whose step does not fit into so many bytes, as an error that names the largest micro-batch that would;
 * undefined where all do.
 * @param images of one pass
 * @param engine what has those bytes, in a sentence
 */
export function memoryProblem(
  plan: TrainingPlan,
  { available, engine, images }: { available: number; engine: string; images: number },
): UserError | undefined {
  const gigabytes = (bytes: number): string => (bytes / 1e9).toFixed(1);
  for (const phase of plan.phases) {
    const needed = memoryOf(plan, phase, images);
    if (needed <= available) continue;
    let fitting = images;
    while (fitting > 0 && memoryOf(plan, phase, fitting) > available) fitting--;
    return new UserError(
      `Phase ${phase.name} with ${images} images at a time needs about ${gigabytes(needed)} GB, but ` +
        `${engine} has ${gigabytes(available)} GB free.`,
      fitting > 0
        ? `Use a micro_batch of ${fitting}, which trains with the same batches in parts, a smaller batch_size, or train from a later stage on.`
        : 'Train from a later stage on, or end what else uses that memory.',
    );
  }
  return undefined;
}

async function mismatchesOf(config: TrainConfig, model: Model | undefined, recipe: Recipe): Promise<string[]> {
  const notes = model === undefined ? [] : recipeDifferences(model.recipe, recipe);
  notes.push(...(await alignmentMismatches(config.dataDir, recipe, { mayBeLarger: config.randomCrop })));
  if (config.lfw !== undefined && config.lfw.dir !== config.dataDir) {
    notes.push(...(await alignmentMismatches(config.lfw.dir, recipe)));
  }
  return notes;
}

function skippedPairs(pairs: PairList | undefined): string[] {
  const [first] = pairs?.skipped ?? [];
  if (first === undefined) return [];
  return [`${pairs!.skipped.length} LFW pairs are skipped, e.g. "${first.line}": ${first.reason}`];
}

function unreadSettings(config: TrainConfig): string[] {
  return unreadByHead(config).map(
    (name) => `--${headSettings[name].flag.name} (${name}) has no effect: the head ${config.head} does not read it.`,
  );
}

function remarksOn(phase: PlannedPhase, config: TrainConfig, network: Network): string[] {
  const { trainedFrom } = phase;
  const frozen =
    phase.cut < trainedFrom
      ? `the weights of ${trainedFrom} of ${network.stages.length} stages are frozen, their batch norms' statistics move`
      : phase.cut === 0
        ? 'nothing is frozen'
        : `${phase.cut} of ${network.stages.length} stages are frozen whole`;
  const remarks = [
    `Phase ${phase.name}: ${phase.epochs} epochs of ${phase.stepsPerEpoch} steps, trained from ${phase.trainableFrom} on (${frozen}).`,
  ];
  const rate = rateInWords(phase);
  if (rate !== undefined) remarks.push(rate);
  if (config.keepProbability < 1 && !dropsValues(network, phase.cut)) {
    remarks.push(`--keep_probability has no effect in phase ${phase.name}: the layer that drops values is frozen.`);
  }
  return remarks;
}

function remarksOnRestored({ restoredRateFactor: factor }: TrainConfig, model: Model | undefined): string[] {
  if (factor === 1) return [];
  return model === undefined
    ? ['--restored_rate_factor has no effect: all weights are new.']
    : [`What comes from the model moves with ${factor} of the rate.`];
}
