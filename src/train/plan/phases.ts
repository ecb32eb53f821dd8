import { UserError } from '../../protocol/errors';
import type { Phase, TrainConfig } from '../../protocol/trainConfig';
import type { Network } from '../../network/network';
import { peoplePerBatch } from '../data/openSampleOrder';
import { stageAliases } from '../settings/defaultPhases';
import { scheduledEpochs } from '../settings/schedule';

/** What a plan has to know of a network. */
type Staged = Pick<Network, 'stages' | 'lastBlock'>;

/**
 * Index of the first trained stage: `stages.length` for the classifier alone. Takes a stage's name (upper and lower
 * case alike, also with the network's scope before it) or one of `stageAliases`.
 * @throws UserError listing the stages when there is no such stage
 */
export function firstTrainedStage({ stages, lastBlock }: Staged, trainableFrom: string): number {
  const wanted = trainableFrom.toLowerCase().replace(/\/$/, '');
  if (wanted === stageAliases.logits.toLowerCase()) return stages.length;
  if (wanted === stageAliases.all.toLowerCase()) return 0;
  const name = wanted === stageAliases.lastBlock.toLowerCase() ? lastBlock.toLowerCase() : wanted;
  const index = stages.findIndex(
    (stage) => stage.name.toLowerCase() === name || name.endsWith(`/${stage.name.toLowerCase()}`),
  );
  if (index !== -1) return index;
  throw new UserError(
    `The network has no stage "${trainableFrom}" to train from.`,
    `Choose one of ${[...stages.map((stage) => stage.name), ...Object.values(stageAliases)].join(', ')}.`,
  );
}

/**
 * Samples of a step and steps of an epoch with so many training images of so many people; without an epoch size, as many
 * as one pass over them has.
 * @throws UserError for batches that have no room for the images of a person
 */
export function sizeOfEpoch(
  config: Pick<TrainConfig, 'head' | 'batchSize' | 'epochSize' | 'sampler' | 'samplerImagesPerPerson'>,
  images: number,
  people: number,
): { batchSize: number; stepsPerEpoch: number } {
  const { head, batchSize, epochSize, sampler, samplerImagesPerPerson } = config;
  // A batch of triplets may have an image several times.
  const isWhole = epochSize > 0 || head === 'triplet';
  const size =
    sampler === 'people' && head !== 'triplet'
      ? peoplePerBatch(config, people) * samplerImagesPerPerson
      : isWhole
        ? batchSize
        : Math.min(batchSize, images);
  if (epochSize > 0) return { batchSize: size, stepsPerEpoch: epochSize };
  return { batchSize: size, stepsPerEpoch: Math.ceil(images / size) };
}

/** A phase with its place in the run. */
export interface PlannedPhase extends Phase {
  /** Index of the first stage that is computed at every step; everything before it is frozen whole. */
  cut: number;
  /** Index of the first stage whose weights are trained; it lies behind the cut where frozen batch norms move. */
  trainedFrom: number;
  /** Global step at which the phase begins. */
  firstStep: number;
  /** Epochs that are run, which a schedule may end early. */
  epochs: number;
  /** Number of the run's epochs before this phase. */
  epochsBefore: number;
  stepsPerEpoch: number;
}

/**
 * Lays the phases that have epochs one after another. The plan depends on nothing else, so a step says where a run is.
 * @throws UserError for a phase that names a stage that is not there, or whose rates contradict each other
 */
export function planPhases(network: Staged, phases: readonly Phase[], stepsPerEpoch: number): PlannedPhase[] {
  const planned: PlannedPhase[] = [];
  let firstStep = 0;
  let epochsBefore = 0;
  for (const phase of phases) {
    const epochs = scheduledEpochs(phase);
    const trainedFrom = firstTrainedStage(network, phase.trainableFrom);
    const cut = phase.batchNorm === 'everywhere' ? 0 : trainedFrom;
    if (epochs === 0) continue;
    requireOneSchedule(phase, epochs);
    planned.push({ ...phase, cut, trainedFrom, firstStep, epochs, epochsBefore, stepsPerEpoch });
    firstStep += epochs * stepsPerEpoch;
    epochsBefore += epochs;
  }
  return planned;
}

function requireOneSchedule(
  { name, learningRate, schedule = 'constant', warmupEpochs = 0 }: Phase,
  epochs: number,
): void {
  if (typeof learningRate !== 'number' && schedule !== 'constant') {
    throw new UserError(
      `Phase ${name} has rates from certain epochs on and the schedule "${schedule}" too.`,
      'Give it one rate, which then falls by the schedule, or leave the schedule out.',
    );
  }
  if (warmupEpochs < epochs) return;
  throw new UserError(
    `Phase ${name} has ${epochs} epochs, and its rate would rise for ${warmupEpochs} of them.`,
    'Give it more epochs or a shorter warm-up.',
  );
}

/** Global step after the last step of a phase. */
export function endStep(phase: PlannedPhase): number {
  return phase.firstStep + phase.epochs * phase.stepsPerEpoch;
}

/** The run's epoch (from 1 on) that the step with this number (after its update) belongs to. */
export function epochOf(step: number, phase: PlannedPhase): number {
  return phase.epochsBefore + Math.floor((step - 1 - phase.firstStep) / phase.stepsPerEpoch) + 1;
}

/** Number of a step (after its update) in its epoch, from 1 on. */
export function stepInEpoch(step: number, phase: PlannedPhase): number {
  return ((step - 1 - phase.firstStep) % phase.stepsPerEpoch) + 1;
}
