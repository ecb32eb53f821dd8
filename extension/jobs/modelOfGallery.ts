import { basename } from 'node:path';
import type { GalleryHeader } from '../../src/protocol/gallery';
import { type FoundGallery, findGalleries } from '../workspace/galleries';
import type { Library } from '../workspace/library';
import { checkpointsOfRun } from '../workspace/runCheckpoints';
import type { RunStore } from './runStore';

interface Places {
  library: Library;
  runs: RunStore;
}

/**
 * The model that a gallery or a classifier was made with, as far as its name says so: whoever uses it holds its weights against the file.
 * Undefined where no model of the workspace is called so.
 */
export async function modelOfGallery(
  { library, runs }: Places,
  { model }: Pick<GalleryHeader, 'model'>,
): Promise<string | undefined> {
  if (model.name === 'starter') return 'starter';
  for (const { folder, record } of await runs.list()) {
    if (record.request.kind !== 'train') continue;
    for (const { prefix, step } of await checkpointsOfRun(record, folder))
      if (step === model.step && nameOfCheckpoint(prefix) === model.name) return prefix;
  }
  return (await library.models()).map(({ path }) => path).find((path) => basename(path).startsWith(model.name));
}

/** The galleries of the workspace that a model has made, as far as its name says so. */
export async function galleriesOfModel(places: Places, model: string): Promise<FoundGallery[]> {
  const galleries = await findGalleries();
  const models = await Promise.all(galleries.map(({ header }) => modelOfGallery(places, header)));
  return galleries.filter((_, index) => models[index] === model);
}

/** As models are called: `model-first.ckpt-12` is `first`. */
function nameOfCheckpoint(prefix: string): string {
  return basename(prefix)
    .replace(/\.ckpt(?:-\d+)?$/, '')
    .replace(/^model-/, '');
}
