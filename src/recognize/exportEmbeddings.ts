import { mkdir } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { encodeStrings, widthOf, writeNpy, writeNpyInParts } from '../checkpoint/npy';
import { requireFree } from '../files/requireFree';
import { Samples } from '../dataset/samples';
import type { Dataset } from '../dataset/scan';
import type { Embedder, EmbedOptions } from './embedder';

export interface EmbeddingFiles {
  embeddings: string;
  labels: string;
  /** Absent where the names of the people are not wanted. */
  labelStrings?: string;
}

export const withExtension = (name: string): string => (name.endsWith('.npy') ? name : `${name}.npy`);

/**
 * Writes the embeddings of a dataset as the reference does (spec §8.3): float64 [N, E], int64 labels [N] and the
 * person's name of each image. Order: people by code point, images of each sorted, so that it is the same everywhere.
 * @param names of the files in `outputDir`; an absolute name stands for itself; folders are made where they are missing
 * @param options.force files that are there may be replaced
 * @returns the paths written
 * @throws UserError where a file is there that may not be replaced
 */
export async function exportEmbeddings(
  embedder: Embedder,
  dataset: Dataset,
  outputDir: string,
  names: EmbeddingFiles,
  options: EmbedOptions & { force?: boolean } = {},
): Promise<EmbeddingFiles> {
  // Before anything is computed: a file that may not be replaced and a folder that cannot be made are told at once.
  const files = await freeFiles(outputDir, names, options.force);
  const samples = new Samples(dataset.people);
  const count = samples.length;
  await writeNpyInParts(files.embeddings, '<f8', [count, embedder.dimension], (append) =>
    embedder.embedInParts(samples.paths, (values) => append(Float64Array.from(values)), options),
  );
  await writeLabels(dataset.people, files);
  return files;
}

/**
 * Paths of the files, which may be written; their folders are made.
 * @throws UserError where a file is there that may not be replaced
 */
export async function freeFiles(outputDir: string, names: EmbeddingFiles, force = false): Promise<EmbeddingFiles> {
  const files: EmbeddingFiles = {
    embeddings: resolve(outputDir, withExtension(names.embeddings)),
    labels: resolve(outputDir, withExtension(names.labels)),
    ...(names.labelStrings !== undefined && { labelStrings: resolve(outputDir, withExtension(names.labelStrings)) }),
  };
  for (const file of Object.values<string>({ ...files })) {
    await requireFree(file, force, basename(file));
    await mkdir(dirname(file), { recursive: true });
  }
  return files;
}

/** Writes the label of each row and, where they are wanted, the name of its person. */
export async function writeLabels(
  people: readonly { name: string; images: { length: number } }[],
  files: Omit<EmbeddingFiles, 'embeddings'>,
): Promise<void> {
  const count = people.reduce((sum, { images }) => sum + images.length, 0);
  const labels = new BigInt64Array(count);
  let row = 0;
  for (const [label, { images }] of people.entries()) labels.fill(BigInt(label), row, (row += images.length));
  await writeNpy(files.labels, { shape: [count], data: labels });
  if (files.labelStrings === undefined) return;
  const width = widthOf(people.map(({ name }) => name));
  await writeNpyInParts(files.labelStrings, `<U${width}`, [count], async (append) => {
    for (const { name, images } of people) await append(encodeStrings(Array<string>(images.length).fill(name), width));
  });
}
