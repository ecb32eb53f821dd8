import { resolve } from 'node:path';
import type { Classifier } from '../classify/classifierFile';
import { trainPairwiseSvm } from '../classify/pairwiseSvm';
import { chooseUnknown } from '../classify/unknown';
import { Samples } from '../dataset/samples';
import type { Dataset } from '../dataset/scan';
import { UserError } from '../protocol/errors';
import type { FaceModel } from '../recognize/faceModel';

export interface TrainClassifierOptions {
  /** Share of strangers that may be given a name, 0 … 1. */
  far: number;
  seed: number;
  /** The dataset is a part of its folder; the classifier then does not name it as what it can be trained on again. */
  isPart?: boolean;
  signal?: AbortSignal;
  /** `embedded` images, or `pairs` of people. */
  onProgress?: (what: 'images' | 'pairs', done: number, total: number) => void;
}

/** SVC's default. */
const cost = 1;

/** The name that is answered: that of the folder, with blanks for underscores. */
function nameOfFolder(folder: string): string {
  return folder.replaceAll('_', ' ');
}

function placeOf({ model }: Pick<FaceModel, 'model'>): string {
  return model.kind === 'starter' ? model.path : resolve(model.path);
}

/** @throws UserError where there are no two people, or one of them has no image */
export function requireTwoPeople({ root, people }: Dataset): void {
  if (people.length < 2) {
    throw new UserError(
      `${root} has ${people.length === 1 ? `one person only (${people[0]!.name})` : 'nobody left'}, and a classifier tells people apart.`,
      'Add folders of others, or enrol this person in a gallery (facenet identify), which needs no training.',
    );
  }
  const empty = people.find(({ images }) => images.length === 0);
  if (empty !== undefined) {
    throw new UserError(`${empty.name} has no image in ${root}.`, 'There must be at least one image for each person.');
  }
}

/** Sentences about people of whom one picture is all there is. */
export function onePictureNotes({ people }: Dataset): string[] {
  const single = people.filter(({ images }) => images.length === 1).map(({ name }) => name);
  if (single.length === 0) return [];
  const others = single.length > 3 ? ` and ${single.length - 3} more` : '';
  const who = `${single.slice(0, 3).join(', ')}${others}`;
  const verb = single.length === 1 ? 'has' : 'have';
  return [
    `${who} ${verb} one picture only: what is said of ${single.length === 1 ? 'this person' : 'these people'} rests on it.`,
  ];
}

/**
 * Trains a classifier on the people of a dataset (spec §8.1).
 * @throws UserError as `requireTwoPeople`, for faces that are no images or embeddings that are no numbers; StoppedError
 */
export async function trainClassifier(
  faces: FaceModel,
  dataset: Dataset,
  { far, seed, isPart = false, signal, onProgress }: TrainClassifierOptions,
): Promise<Classifier> {
  requireTwoPeople(dataset);
  const samples = new Samples(dataset.people);
  const embeddings = await faces.embedFiles(samples.paths, {
    signal,
    onProgress: (done, total) => onProgress?.('images', done, total),
  });
  if (!embeddings.every(Number.isFinite)) {
    throw new UserError(
      `The model ${faces.identity.name} gives embeddings that are not finite numbers.`,
      'It has diverged or is damaged: use an earlier checkpoint.',
    );
  }
  const rows = { data: Float64Array.from(embeddings), dimension: faces.dimension };
  const labels = samples.labels();
  const machine = await trainPairwiseSvm(rows, labels, {
    cost,
    seed,
    signal,
    onProgress: (done, total) => onProgress?.('pairs', done, total),
  });
  const unknown = await chooseUnknown(machine, rows, labels, { far, seed, signal });
  return {
    createdAt: new Date().toISOString(),
    model: faces.identity,
    recipe: faces.recipe,
    people: dataset.people.map(({ name, images }) => ({
      name: nameOfFolder(name),
      folder: name,
      images: images.length,
    })),
    cost,
    seed,
    ...(unknown !== undefined && { unknown }),
    ...(!isPart && { trainedFrom: { faces: resolve(dataset.root), model: placeOf(faces), far } }),
    machine,
  };
}
