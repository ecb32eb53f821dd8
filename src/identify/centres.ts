import { Samples } from '../dataset/samples';
import type { Dataset } from '../dataset/scan';
import type { FaceModel } from '../recognize/faceModel';

/** How far each image is from its person's centre, in the order of the dataset. */
export interface CentreDistances {
  readonly people: readonly string[];
  readonly images: readonly string[];
  readonly labels: Int32Array;
  /** Euclidean distance of the embedding to the mean embedding of the person, 0 … 2 (spec §8.9). */
  readonly distances: Float32Array;
}

/** @param onPerson called after each person with the number of images and the seconds that they took */
export async function centreDistances(
  model: FaceModel,
  { people }: Dataset,
  options: { signal?: AbortSignal; onPerson?: (images: number, seconds: number) => void },
): Promise<CentreDistances> {
  const samples = new Samples(people);
  const distances = new Float32Array(samples.length).fill(NaN);
  let first = 0;
  for (const { images } of people) {
    const started = performance.now();
    const embeddings = await model.embedFiles(images, { signal: options.signal });
    distances.set(toCentre(embeddings, model.dimension), first);
    first += images.length;
    options.onPerson?.(images.length, (performance.now() - started) / 1000);
  }
  return {
    people: people.map(({ name }) => name),
    images: [...samples.paths],
    labels: Int32Array.from(samples.labels()),
    distances,
  };
}

/** Euclidean distance of each of N embeddings to their mean. */
export function toCentre(embeddings: Float32Array, dimension: number): Float32Array {
  const count = embeddings.length / dimension;
  const centre = new Float64Array(dimension);
  for (let i = 0; i < embeddings.length; i++) centre[i % dimension]! += embeddings[i]! / count;
  return Float32Array.from({ length: count }, (_, row) => {
    let squared = 0;
    for (let d = 0; d < dimension; d++) squared += (embeddings[row * dimension + d]! - centre[d]!) ** 2;
    return Math.sqrt(squared);
  });
}
