import { mkdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { encodeStrings, widthOf, writeNpy, writeNpyInParts } from '../checkpoint/npy';
import { Samples } from '../dataset/samples';
import type { Dataset } from '../dataset/scan';
import type { Embedder, EmbedOptions } from './embedder';

export interface EmbeddingFiles {
  embeddings: string;
  labels: string;
  labelStrings: string;
}

const withExtension = (name: string): string => (name.endsWith('.npy') ? name : `${name}.npy`);

/**
 * Writes the embeddings of a dataset as the reference does (spec §8.3): float64 [N, E], int64 labels [N] and the
 * person's name of each image. Order: people by code point, images of each sorted, so that it is the same everywhere.
 * @param names of the files in `outputDir`; an absolute name stands for itself; folders are made where they are missing
 * @returns the paths written
 */
export async function exportEmbeddings(
  embedder: Embedder,
  dataset: Dataset,
  outputDir: string,
  names: EmbeddingFiles,
  options: EmbedOptions = {},
): Promise<EmbeddingFiles> {
  const files = {
    embeddings: resolve(outputDir, withExtension(names.embeddings)),
    labels: resolve(outputDir, withExtension(names.labels)),
    labelStrings: resolve(outputDir, withExtension(names.labelStrings)),
  };
  // Before anything is computed: a folder that cannot be made is told at once.
  for (const file of Object.values<string>(files)) await mkdir(dirname(file), { recursive: true });
  const samples = new Samples(dataset.people);
  const count = samples.length;
  await writeNpyInParts(files.embeddings, '<f8', [count, embedder.dimension], (append) =>
    embedder.embedInParts(samples.paths, (values) => append(Float64Array.from(values)), options),
  );
  const labels = BigInt64Array.from(samples.labels(), (label) => BigInt(label));
  await writeNpy(files.labels, { shape: [count], data: labels });
  const width = widthOf(dataset.people.map(({ name }) => name));
  await writeNpyInParts(files.labelStrings, `<U${width}`, [count], async (append) => {
    for (const { name, images } of dataset.people)
      await append(encodeStrings(Array<string>(images.length).fill(name), width));
  });
  return files;
}
