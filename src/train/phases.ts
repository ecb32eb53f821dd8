import { UserError } from '../protocol/errors';
import type { NetworkName } from '../protocol/recipe';
import type { Phase, TrainConfig } from '../protocol/trainConfig';
import type { Chain, Stage } from '../network/ops';
import { scheduledEpochs } from './schedule';

/** Names of `trainableFrom` that hold for every network. */
export const stageAliases = {
  /** The classifier on top. */
  logits: 'Logits',
  /** The last residual or fire block and everything after it. */
  lastBlock: 'LastBlock',
  /** The whole network. */
  all: 'All',
} as const;

type Stages = readonly Pick<Stage, 'name'>[];

/** Name of the last block of a network: `Block8`, `fire9`, `Block256_Down_Out`. */
export function lastBlock(stages: Stages): string {
  const block = stages.findLast(({ name }) => /block|fire/i.test(name));
  return (block ?? stages[0]!).name;
}

/**
 * Index of the first trained stage: `stages.length` for the classifier alone. Takes a stage's name (upper and lower
 * case alike, also with the network's scope before it) or one of `stageAliases`.
 * @throws UserError listing the stages when there is no such stage
 */
export function firstTrainedStage(chain: Pick<Chain, 'stages'>, trainableFrom: string): number {
  const { stages } = chain;
  const wanted = trainableFrom.toLowerCase().replace(/\/$/, '');
  if (wanted === stageAliases.logits.toLowerCase()) return stages.length;
  if (wanted === stageAliases.all.toLowerCase()) return 0;
  const name = wanted === stageAliases.lastBlock.toLowerCase() ? lastBlock(stages).toLowerCase() : wanted;
  const index = stages.findIndex(
    (stage) => stage.name.toLowerCase() === name || name.endsWith(`/${stage.name.toLowerCase()}`),
  );
  if (index !== -1) return index;
  throw new UserError(
    `The network has no stage "${trainableFrom}" to train from.`,
    `Choose one of ${stages.map((stage) => stage.name).join(', ')}, Logits, ${stageAliases.lastBlock}, ${stageAliases.all}.`,
  );
}

/** Epochs and rates (for ADAM) of the two phases of fine-tuning. */
interface FineTuningRates {
  classifier: { epochs: number; rate: number };
  lastBlock: { epochs: number; rate: number };
}

/**
 * The classifier's gradient grows with the prelogits: about 22 long where a batch norm ends the network, about 1.4 with
 * dlib's, which therefore needs far larger rates. Those of `dlib_resnet` were chosen by measurement: with 175 people of
 * LFW the classifier told 92 % of the validation images right at 10, 9 % at 0.1; beyond 0.0003 the last block cost
 * more than its fold deviation of LFW accuracy on people outside the training set.
 */
const normalized: FineTuningRates = { classifier: { epochs: 50, rate: 0.05 }, lastBlock: { epochs: 10, rate: 0.001 } };
const fineTuning: Record<NetworkName, FineTuningRates> = {
  inception_resnet_v1: normalized,
  inception_resnet_v2: normalized,
  squeezenet: normalized,
  dlib_resnet: { classifier: { epochs: 100, rate: 10 }, lastBlock: { epochs: 10, rate: 0.0003 } },
};

/**
 * The phases when none are named (spec §6.11). With a pretrained model: first the new classifier alone, so that its
 * random start does not spoil what was learned, then gently from the last block on. Without: everything at once, with
 * batch norms that learn their statistics.
 * @param network of the pretrained model; it decides the rates
 */
export function defaultPhases(pretrained: boolean, network: NetworkName = 'inception_resnet_v1'): Phase[] {
  if (!pretrained) {
    return [{ name: 'all', trainableFrom: stageAliases.all, epochs: 90, learningRate: 0.05, batchNorm: 'update' }];
  }
  const { classifier, lastBlock: last } = fineTuning[network];
  const { logits, lastBlock: from } = stageAliases;
  const common = { optimizer: 'ADAM', batchNorm: 'frozen' } as const;
  return [
    { name: 'classifier', trainableFrom: logits, epochs: classifier.epochs, learningRate: classifier.rate, ...common },
    { name: 'last block', trainableFrom: from, epochs: last.epochs, learningRate: last.rate, ...common },
  ];
}

/** Samples of a step and steps of an epoch with so many training images; without an epoch size, one pass over them. */
export function sizeOfEpoch(
  { batchSize, epochSize }: Pick<TrainConfig, 'batchSize' | 'epochSize'>,
  images: number,
): { batchSize: number; stepsPerEpoch: number } {
  if (epochSize > 0) return { batchSize, stepsPerEpoch: epochSize };
  const size = Math.min(batchSize, images);
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

/** Lays the phases that have epochs one after another. The plan depends on nothing else, so a step says where a run is. */
export function planPhases(
  chain: Pick<Chain, 'stages'>,
  phases: readonly Phase[],
  stepsPerEpoch: number,
): PlannedPhase[] {
  const planned: PlannedPhase[] = [];
  let firstStep = 0;
  let epochsBefore = 0;
  for (const phase of phases) {
    const epochs = scheduledEpochs(phase);
    const trainedFrom = firstTrainedStage(chain, phase.trainableFrom);
    const cut = phase.batchNorm === 'everywhere' ? 0 : trainedFrom;
    if (epochs === 0) continue;
    planned.push({ ...phase, cut, trainedFrom, firstStep, epochs, epochsBefore, stepsPerEpoch });
    firstStep += epochs * stepsPerEpoch;
    epochsBefore += epochs;
  }
  return planned;
}

/** Global step after the last step of a phase. */
export function endStep(phase: PlannedPhase): number {
  return phase.firstStep + phase.epochs * phase.stepsPerEpoch;
}
