// What a training with triplets needs besides what every training needs.
import type { Network } from '../../network/network';
import { UserError } from '../../protocol/errors';
import type { TrainConfig } from '../../protocol/trainConfig';
import { samplesOfPeople } from '../data/people';
import type { TrainingSet } from '../data/trainingSet';
import type { PlannedPhase } from './phases';

const peopleOf = ({ training }: Pick<TrainingSet, 'training'>): Uint32Array[] => samplesOfPeople(training.labels());

/** Images of one round of choosing triplets: as many as are asked for, or all that there are. */
export function imagesOfRound(
  { peoplePerBatch, imagesPerPerson }: Pick<TrainConfig, 'peoplePerBatch' | 'imagesPerPerson'>,
  set: Pick<TrainingSet, 'training'>,
): number {
  const people = peopleOf(set);
  const available = people.reduce((sum, images) => sum + Math.min(images.length, imagesPerPerson), 0);
  return Math.min(peoplePerBatch * imagesPerPerson, available);
}

/**
 * What a user may want to know of a training with triplets, a sentence each.
 * @throws UserError for a batch that is no whole number of triplets, people without pairs, and phases that train nothing
 */
export function checkTriplets(
  config: Pick<TrainConfig, 'dataDir' | 'batchSize' | 'peoplePerBatch' | 'imagesPerPerson'> & OfClassifiers,
  set: Pick<TrainingSet, 'training'>,
  phases: readonly PlannedPhase[],
  network: Pick<Network, 'stages'>,
): string[] {
  const { dataDir, batchSize, peoplePerBatch, imagesPerPerson } = config;
  if (batchSize % 3 !== 0) {
    const below = batchSize - (batchSize % 3);
    throw new UserError(
      `A batch of ${batchSize} images is no whole number of triplets.`,
      `Use a batch_size that can be divided by three, such as ${below + 3}.`,
    );
  }
  if (!peopleOf(set).some((images) => images.length > 1)) {
    throw new UserError(
      `Nobody in ${dataDir} has two images, so there is no anchor with a positive.`,
      'Add images of the same people.',
    );
  }
  const idle = phases.find(({ trainedFrom }) => trainedFrom >= network.stages.length);
  if (idle !== undefined) {
    throw new UserError(
      `Phase ${idle.name} trains the classifier alone, which triplets do not have.`,
      'Train from a stage of the network on, such as LastBlock.',
    );
  }
  const remarks: string[] = [];
  const images = imagesOfRound(config, set);
  if (images < peoplePerBatch * imagesPerPerson) {
    remarks.push(
      `A round of choosing triplets has ${images} images instead of ${peoplePerBatch} × ${imagesPerPerson}: there are no more.`,
    );
  }
  return [...remarks, ...unreadByTriplets(config)];
}

type OfClassifiers = Pick<
  TrainConfig,
  'validationSplitRatio' | 'sampler' | 'prelogitsNormLossFactor' | 'centerLossFactor' | 'labelSmoothing'
>;

/** A sentence for each setting that only a classifier reads. */
function unreadByTriplets(config: OfClassifiers): string[] {
  const noTerm = 'the triplet loss has no such term';
  const reasons: readonly (readonly [name: string, isSet: boolean, reason: string])[] = [
    ['validation_set_split_ratio', config.validationSplitRatio > 0, 'triplets have no classifier to validate'],
    ['sampler', config.sampler !== 'shuffled', 'triplets are chosen among the people of a round'],
    ['prelogits_norm_loss_factor', config.prelogitsNormLossFactor > 0, noTerm],
    ['center_loss_factor', config.centerLossFactor > 0, noTerm],
    ['label_smoothing', config.labelSmoothing > 0, noTerm],
  ];
  return reasons.filter(([, isSet]) => isSet).map(([name, , reason]) => `${name} has no effect: ${reason}.`);
}
