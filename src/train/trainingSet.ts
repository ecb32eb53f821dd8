import { open } from 'node:fs/promises';
import { NumpyRandom } from '../dataset/random';
import { flattenDataset, scanDataset, type Dataset, type Sample } from '../dataset/scan';
import { splitImages } from '../dataset/split';
import { UserError } from '../protocol/errors';
import type { TrainConfig } from '../protocol/trainConfig';

export interface TrainingSet {
  dataset: Dataset;
  /** Class names in label order. */
  labels: string[];
  training: Sample[];
  validation: Sample[];
  notes: string[];
}

/**
 * The images to train and to validate with (spec §1.6). Every image is used: validation has no remainder that is dropped.
 * @throws UserError for a folder without people, with one person, or with no image left to train with
 */
export async function openTrainingSet(
  config: Pick<TrainConfig, 'dataDir' | 'validationSplitRatio' | 'minTrainImagesPerClass' | 'seed'>,
): Promise<TrainingSet> {
  const dataset = await scanDataset(config.dataDir);
  const ratio = config.validationSplitRatio;
  const whole = { train: dataset, validation: { ...dataset, people: [] } as Dataset };
  const { train, validation } =
    ratio > 0 ? splitImages(dataset, ratio, config.minTrainImagesPerClass, new NumpyRandom(config.seed)) : whole;
  const labels = train.people.map(({ name }) => name);
  const training = flattenDataset(train);
  if (dataset.people.length === 1) {
    throw new UserError(
      `${config.dataDir} holds one person only (${dataset.people[0]!.name}).`,
      'A classifier needs at least two: one folder per person, as in dataset/person/image.',
    );
  }
  if (training.length === 0 || labels.length < 2) {
    throw new UserError(
      `The split of ${config.dataDir} leaves ${training.length} training images of ${labels.length} people.`,
      'Lower validation_set_split_ratio or min_nrof_val_images_per_class, or add images.',
    );
  }
  return { dataset, labels, training, validation: flattenDataset(validation), notes: notesOn(dataset, train) };
}

function notesOn(dataset: Dataset, train: Dataset): string[] {
  const notes: string[] = [];
  const dropped = dataset.people.length - train.people.length;
  if (dropped > 0) notes.push(`${dropped} people have too few images for the split and are left out.`);
  const single = dataset.people.filter(({ images }) => images.length === 1);
  if (single.length > 0) {
    notes.push(
      `${single.length} of ${dataset.people.length} people have a single image (${nameSome(single)}); ` +
        'the network learns little about them. More images of each help.',
    );
  }
  const untrained = train.people.filter(({ images }) => images.length === 0);
  if (untrained.length > 0) {
    notes.push(
      `${untrained.length} people have no training image, as their only one is kept for validation (${nameSome(untrained)}).`,
    );
  }
  return notes;
}

function nameSome(people: readonly { name: string }[]): string {
  const names = people.slice(0, 3).map(({ name }) => name);
  return people.length > names.length ? `${names.join(', ')}, …` : names.join(', ');
}

const pngSignature = 0x89504e47;

/** Whether any of the images is larger than `size`, or may be: only the headers of PNG files are looked at. */
export async function anyLarger(samples: readonly Sample[], size: number): Promise<boolean> {
  const header = Buffer.alloc(24);
  for (const { path } of samples) {
    const file = await open(path, 'r');
    try {
      const { bytesRead } = await file.read(header, 0, header.length, 0);
      if (bytesRead < header.length || header.readUInt32BE(0) !== pngSignature) return true;
      if (header.readUInt32BE(16) > size || header.readUInt32BE(20) > size) return true;
    } finally {
      await file.close();
    }
  }
  return false;
}
