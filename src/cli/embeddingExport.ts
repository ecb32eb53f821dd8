// The embeddings of a dataset as files, by one process or by its part of several.
import type { Model } from '../checkpoint/model';
import type { Dataset } from '../dataset/scan';
import { imageCount } from '../dataset/scan';
import type { Recipe } from '../protocol/recipe';
import type { EmbedOptions } from '../recognize/embedder';
import { type EmbeddingFiles, exportEmbeddings } from '../recognize/exportEmbeddings';
import { exportShard } from '../recognize/exportShards';
import { openEmbedder, weightsDigest } from '../recognize/openEmbedder';
import { PartsFolder } from '../shard/partsFolder';
import { UserError } from '../protocol/errors';
import type { Shard } from '../shard/shard';

interface EmbeddingExport {
  model: Model;
  recipe: Recipe;
  dataset: Dataset;
  outputDir: string;
  names: EmbeddingFiles;
}

/**
 * Writes the files, or keeps the rows of a part for the merging.
 * @returns images that were embedded, and the files that are whole
 * @throws UserError as `exportEmbeddings` and `exportShard`, and for a folder that is being written in parts
 */
export async function exportAll(
  { model, recipe, dataset, outputDir, names }: EmbeddingExport,
  shard: Shard | undefined,
  options: EmbedOptions & { force: boolean },
): Promise<{ images: number; files: string[] }> {
  if (shard !== undefined) {
    const { imageSize, standardization } = recipe;
    const agreed = { model: await weightsDigest(model), imageSize, standardization };
    const work = { dataset, outputDir, names, recipe: agreed };
    return { images: await exportShard(work, shard, async () => openEmbedder(model, recipe), options), files: [] };
  }
  const others = await PartsFolder.existing(outputDir);
  if (others !== undefined)
    throw new UserError(`${outputDir} is being written in ${others.plan.parts} shards.`, others.wayOut());
  const embedder = await openEmbedder(model, recipe);
  try {
    const files = await exportEmbeddings(embedder, dataset, outputDir, names, options);
    return { images: imageCount(dataset), files: Object.values<string>({ ...files }) };
  } finally {
    await embedder.dispose();
  }
}
