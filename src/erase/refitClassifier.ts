// A classifier trained again without a person.
import { rename, rm, stat } from 'node:fs/promises';
import { type Classifier, readClassifier, writeClassifier } from '../classify/classifierFile';
import { type Dataset, scanDataset } from '../dataset/scan';
import { nameAside } from '../files/asideName';
import { requireSameModel } from '../identify/sameModel';
import { trainClassifier } from '../identify/trainClassifier';
import type { NotRefit } from '../protocol/erasure';
import { StoppedError } from '../protocol/errors';
import { type FaceModel, openFaceModel } from '../recognize/faceModel';

/** What became of a classifier. */
export interface Refit<T> {
  moved: T;
  /** Why there is no new one; undefined where there is. */
  away?: NotRefit;
}

/**
 * Trains a classifier on the people that it knows but one, as they are in its folder now. The new file is written aside; then the
 * old one is put away, and the new one takes its place. Where none can be trained the old one is put away all the same.
 * @param person name of their folder
 * @param putAway moves the old file
 * @throws StoppedError with everything as it was; what `putAway` throws
 */
export async function refitClassifier<T>(
  path: string,
  person: string,
  putAway: () => Promise<T>,
  signal?: AbortSignal,
): Promise<Refit<T>> {
  const aside = nameAside(path);
  try {
    const away = await trainAside(path, aside.name, person, signal);
    const moved = await putAway();
    if (away !== undefined) return { moved, away };
    await rename(aside.name, path);
    return { moved };
  } finally {
    await rm(aside.name, { force: true });
    aside.release();
  }
}

/** Gives why no new classifier was written. */
async function trainAside(
  path: string,
  aside: string,
  person: string,
  signal: AbortSignal | undefined,
): Promise<NotRefit | undefined> {
  try {
    const old = await readClassifier(path);
    if (old.trainedFrom === undefined) return 'unrecorded';
    const { faces: root, model, far } = old.trainedFrom;
    if (!(await isFolder(root))) return 'faces';
    const dataset = await peopleOf(root, old, person);
    if (dataset.people.length < 2) return 'people';
    const faces = await openFaceModel(model, old.recipe).catch(() => undefined);
    if (faces === undefined) return 'model';
    try {
      if (!isSame(path, old, faces)) return 'model';
      await writeClassifier(aside, await trainClassifier(faces, dataset, { far, seed: old.seed, signal }));
      return undefined;
    } finally {
      await faces.dispose();
    }
  } catch (error) {
    if (error instanceof StoppedError) throw error;
    // Whatever is in the way of a new one, the old one knows the person.
    return 'failed';
  }
}

function isSame(path: string, made: Classifier, faces: FaceModel): boolean {
  try {
    requireSameModel(path, made, faces);
    return true;
  } catch {
    return false;
  }
}

/** Those of the classifier who are still in the folder with an image, without the person. */
async function peopleOf(root: string, { people }: Pick<Classifier, 'people'>, person: string): Promise<Dataset> {
  const known = new Set(people.map(({ folder }) => folder));
  known.delete(person);
  const dataset = await scanDataset(root);
  return { ...dataset, people: dataset.people.filter(({ name, images }) => known.has(name) && images.length > 0) };
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (status) => status.isDirectory(),
    () => false,
  );
}
