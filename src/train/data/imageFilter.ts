// Leaving out images that lie far from their person's centre, from a file of distances (spec §1.5).
import { ImagePicks } from '../../dataset/imageList';
import type { Dataset, Person } from '../../dataset/scan';
import { UserError } from '../../protocol/errors';
import { readHdf5 } from '../../files/hdf5';
import type { Hdf5Dataset } from '../../files/hdf5Messages';

const bins = 100;

export interface FilterConfig {
  /** HDF5 file with distance_to_center, label_list and image_list, as calculate_filtering_metrics writes it. */
  file: string;
  /** Images above this percentile (0–100) of the distances go. */
  percentile: number;
  /** People that lose images and are left with fewer go too. */
  minImagesPerClass: number;
}

export interface Filtered {
  dataset: Dataset;
  removedImages: number;
  /** Names of the people that are left out. */
  removedPeople: string[];
}

/**
 * The distance from which on images are removed: the centres of 100 equal bins from the smallest to the largest
 * distance, interpolated at `percentile` of their cumulative count and held at the first and the last centre. Images in
 * the upper half of the last bin therefore go even at 100. Distances that are not numbers are passed over.
 */
export function distanceThreshold(distances: ArrayLike<number>, percentile: number): number {
  const values = Array.from(distances).filter((value) => Number.isFinite(value));
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) [low, high] = [Math.min(low, value), Math.max(high, value)];
  if (values.length === 0) return Infinity;
  if (low === high) [low, high] = [low - 0.5, high + 0.5];
  const width = (high - low) / bins;
  const edges = Array.from({ length: bins + 1 }, (_, index) => (index === bins ? high : low + index * width));
  const counts = new Float64Array(bins);
  for (const value of values) {
    let bin = Math.min(Math.floor(((value - low) / (high - low)) * bins), bins - 1);
    if (value < edges[bin]!) bin--;
    else if (value >= edges[bin + 1]! && bin < bins - 1) bin++;
    counts[bin] = counts[bin]! + 1;
  }
  let sum = 0;
  const cumulative = Array.from(counts, (count) => Math.fround((sum += count)) / values.length);
  const centre = (bin: number): number => (edges[bin]! + edges[bin + 1]!) / 2;
  const wanted = percentile * 0.01;
  const above = cumulative.findIndex((part) => part > wanted);
  if (above === -1) return centre(bins - 1);
  if (above === 0) return centre(0);
  const [before, after] = [cumulative[above - 1]!, cumulative[above]!];
  return ((centre(above) - centre(above - 1)) / (after - before)) * (wanted - before) + centre(above - 1);
}

/** One image of the file: its person's label and folder, and its name. */
interface Entry {
  label: number;
  person: string;
  image: string;
}

const fileAction =
  'Make it again for this folder with the tool that computes the distances, or leave out --filter_filename.';

function requireDatasets(file: string, found: ReadonlyMap<string, Hdf5Dataset>) {
  const take = (name: string, kind: 'numbers' | 'texts') => {
    const values = found.get(name)?.values;
    const isText = Array.isArray(values);
    if (values !== undefined && (isText ? kind === 'texts' : kind === 'numbers')) return values;
    throw new UserError(`${file} holds no dataset ${name} of ${kind}.`, fileAction);
  };
  const distances = take('distance_to_center', 'numbers') as ArrayLike<number>;
  const labels = take('label_list', 'numbers') as ArrayLike<number>;
  const images = take('image_list', 'texts') as readonly string[];
  if (distances.length !== labels.length || labels.length !== images.length) {
    throw new UserError(
      `${file} is at odds with itself: ${distances.length} distances, ${labels.length} labels and ${images.length} images.`,
      fileAction,
    );
  }
  return { distances, labels, images };
}

function entryOf(file: string, dataset: Dataset, label: number, path: string): Entry {
  const [person, image] = path.split(/[\\/]/).slice(-2) as [string, string | undefined];
  if (image !== undefined && dataset.people[label]?.name === person) return { label, person, image };
  throw new UserError(
    `The labels of ${file} do not fit ${dataset.root}: ${path} has label ${label}, which is ` +
      `${dataset.people[label]?.name ?? 'nobody'} there.`,
    fileAction,
  );
}

/**
 * Removes the images whose distance reaches the threshold; then the people that have lost images, or would have, and are
 * left with fewer than the minimum. An image is found by its folder's and its own name, so that a file made elsewhere
 * fits; the reference compares whole paths, under Python 3 bytes with text, and removes nothing.
 * @throws UserError for a file that is not HDF5, lacks a dataset, or has labels of other people
 */
export async function filterDataset(
  dataset: Dataset,
  { file, percentile, minImagesPerClass }: FilterConfig,
): Promise<Filtered> {
  const found = await readHdf5(file, ['distance_to_center', 'label_list', 'image_list']);
  const { distances, labels, images } = requireDatasets(file, found);
  const threshold = distanceThreshold(distances, percentile);
  /** Of each person, by the image's name, which one it is. */
  const left = dataset.people.map(
    (person) => new Map(Array.from(person.images, (path, index) => [path.split(/[\\/]/).at(-1)!, index])),
  );
  const marked = new Set<number>();
  let removedImages = 0;
  for (let i = 0; i < images.length; i++) {
    const { label, image } = entryOf(file, dataset, labels[i]!, images[i]!);
    if (!(distances[i]! >= threshold)) continue;
    if (left[label]!.delete(image)) removedImages++;
    if (left[label]!.size < minImagesPerClass) marked.add(label);
  }
  const picks = new ImagePicks(dataset.people.map(({ images }) => images));
  const people = dataset.people.map(({ name, images: all }, label): Person => ({
    name,
    images: picks.of(all, [...left[label]!.values()]),
  }));
  return {
    dataset: { ...dataset, people: people.filter((_, label) => !marked.has(label)) },
    removedImages,
    removedPeople: people.filter((_, label) => marked.has(label)).map(({ name }) => name),
  };
}
