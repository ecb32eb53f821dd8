import { type OpenOptions, openDataset } from '../../dataset/datasetIndex';
import { LookPool } from '../../dataset/looks/lookPool';
import { NumpyRandom } from '../../dataset/random';
import { namedAmong, namesOfLfw } from '../../dataset/lfwOverlap';
import { Samples } from '../../dataset/samples';
import { imageCount, type Dataset } from '../../dataset/scan';
import { splitImages } from '../../dataset/split';
import { UserError } from '../../protocol/errors';
import type { TrainConfig } from '../../protocol/trainConfig';
import { filterDataset } from './imageFilter';

export interface TrainingSet {
  dataset: Dataset;
  /** Class names in label order. */
  labels: string[];
  training: Samples;
  validation: Samples;
  /** What a user should know of the images, one sentence each. */
  notes: string[];
  /** What a user may want to know of them. */
  remarks: string[];
  /** What there is to say of the dataset's index, one sentence each. */
  indexNotes: string[];
}

/**
 * The images to train and to validate with: without the people who are left out, filtered (spec §1.5), then split (spec §1.6). Every image is used: validation has no remainder that is dropped.
 * @throws UserError for a folder without people, with one person, or with no image left to train with
 */
export async function openTrainingSet(
  config: Pick<TrainConfig, 'dataDir' | 'validationSplitRatio' | 'minTrainImagesPerClass' | 'seed'> &
    Partial<Pick<TrainConfig, 'excludePeople' | 'filterFilename' | 'filterPercentile' | 'filterMinImagesPerClass'>>,
  options: OpenOptions = {},
): Promise<TrainingSet> {
  const opened = await openDataset(config.dataDir, options);
  const { dataset: kept, remarks } = await withoutExcluded(opened.dataset, config.excludePeople);
  const { dataset, notes } = await filtered(kept, config);
  const ratio = config.validationSplitRatio;
  const whole = { train: dataset, validation: { ...dataset, people: [] } as Dataset };
  const { train, validation } =
    ratio > 0 ? await splitImages(dataset, ratio, config.minTrainImagesPerClass, new NumpyRandom(config.seed)) : whole;
  const labels = train.people.map(({ name }) => name);
  const training = new Samples(train.people);
  if (dataset.people.length === 1) {
    throw new UserError(
      `${config.dataDir} holds one person only (${dataset.people[0]!.name}).`,
      'A training needs at least two: one folder per person, as in dataset/person/image.',
    );
  }
  if (training.length === 0 || labels.length < 2) {
    throw new UserError(
      `The split of ${config.dataDir} leaves ${training.length} training images of ${labels.length} people.`,
      'Lower validation_set_split_ratio or min_nrof_val_images_per_class, or add images.',
    );
  }
  notes.push(...notesOn(dataset, train));
  return {
    dataset,
    labels,
    training,
    validation: new Samples(validation.people),
    notes,
    remarks,
    indexNotes: opened.notes,
  };
}

/** @throws UserError where the file or folder cannot be read, or fewer than two people are left */
async function withoutExcluded(
  dataset: Dataset,
  source: string | undefined,
): Promise<{ dataset: Dataset; remarks: string[] }> {
  if (source === undefined) return { dataset, remarks: [] };
  const isExcluded = namedAmong(await namesOfLfw(source));
  const people = dataset.people.filter(({ name }) => !isExcluded(name));
  const excluded = dataset.people.filter(({ name }) => isExcluded(name));
  if (people.length < 2 && dataset.people.length >= 2) {
    throw new UserError(
      `Without the people of ${source} ${people.length} of ${dataset.people.length} people are left to train on.`,
      'A training needs at least two: exclude fewer people, or add some.',
    );
  }
  return {
    dataset: { ...dataset, people },
    remarks: [
      `${excluded.length} of ${dataset.people.length} people are left out of the training (${nameSome(excluded)}).`,
    ],
  };
}

async function filtered(
  dataset: Dataset,
  config: Partial<Pick<TrainConfig, 'filterFilename' | 'filterPercentile' | 'filterMinImagesPerClass'>>,
): Promise<{ dataset: Dataset; notes: string[] }> {
  const { filterFilename: file, filterPercentile: percentile = 100, filterMinImagesPerClass = 0 } = config;
  if (file === undefined) return { dataset, notes: [] };
  const found = await filterDataset(dataset, { file, percentile, minImagesPerClass: filterMinImagesPerClass });
  const notes = [`Filtering by ${file} leaves out ${found.removedImages} of ${imageCount(dataset)} images.`];
  if (found.removedPeople.length > 0) {
    const few = found.removedPeople.map((name) => ({ name }));
    notes.push(`${few.length} people are left out, as too few of their images remain (${nameSome(few)}).`);
  }
  if (found.dataset.people.length < 2 && dataset.people.length >= 2) {
    throw new UserError(
      `Filtering by ${file} leaves ${found.dataset.people.length} of ${dataset.people.length} people.`,
      'Raise filter_percentile or lower filter_min_nrof_images_per_class.',
    );
  }
  return { dataset: found.dataset, notes };
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

/**
 * Whether any of the images is larger than `size`, or may be: only the headers of PNG files are looked at.
 * @throws StoppedError once the signal is aborted
 */
export async function anyLarger({ paths }: Samples, size: number, signal?: AbortSignal): Promise<boolean> {
  const pool = LookPool.open(paths.length);
  let longest = 0;
  try {
    await pool.inOrder(
      paths,
      async (some) => pool.ask('longestEdge', some),
      (edge) => void (longest = Math.max(longest, edge)),
      signal,
      () => longest > size,
    );
  } finally {
    await pool.close();
  }
  return longest > size;
}
