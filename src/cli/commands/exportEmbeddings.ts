import type { ArgumentParser } from 'argparse';
import { openModel } from '../../checkpoint/model';
import { imageCount, scanDataset } from '../../dataset/scan';
import type { Recipe } from '../../protocol/recipe';
import { alignmentMismatches, recipeDifferences } from '../../input/alignmentCheck';
import { expandHome } from '../../train/settings/homePath';
import type { Shard } from '../../shard/shard';
import type { Command, CommandContext, CommandOptions } from '../command';
import { exportAll } from '../embeddingExport';
import { mergeParts } from '../mergeParts';
import { progressOf } from '../modelFlags';
import { addShardFlag, inShard } from '../shardFlag';

/** What the reference's flags are that change nothing here. */
const usual = { margin: 44, gpuMemoryFraction: 1 };

function configure(parser: ArgumentParser): void {
  parser.add_argument('model', {
    metavar: 'MODEL',
    help: 'model directory, checkpoint prefix or file, frozen .pb, or starter',
  });
  parser.add_argument('data_dir', { metavar: 'DIR', help: 'folder of aligned faces, one folder per person' });
  parser.add_argument('--is_aligned', { default: 'True', help: 'accepted; the faces must be aligned (facenet align)' });
  parser.add_argument('--image_size', { type: 'int', help: "network input in pixels; default the model's own" });
  parser.add_argument('--margin', {
    type: 'int',
    default: usual.margin,
    help: 'accepted; it belongs to the alignment',
  });
  parser.add_argument('--gpu_memory_fraction', {
    type: 'float',
    default: usual.gpuMemoryFraction,
    help: 'accepted; embeddings are computed on the CPU',
  });
  parser.add_argument('--image_batch', { type: 'int', default: 500, help: 'accepted; it changes no result' });
  parser.add_argument('--use_fixed_image_standardization', {
    action: 'store_true',
    help: "(x - 127.5) / 128; default the model's own standardisation",
  });
  parser.add_argument('--embeddings_name', { default: 'embeddings.npy', help: 'file of the embeddings, float64' });
  parser.add_argument('--labels_name', { default: 'labels.npy', help: 'file of the label of each row, int64' });
  parser.add_argument('--labels_strings_name', {
    default: 'label_strings.npy',
    help: 'file of the person of each row',
  });
  parser.add_argument('--output_dir', { default: '.', help: 'folder for the files; made where it is missing' });
  parser.add_argument('--force', { action: 'store_true', help: 'replace files that exist' });
  addShardFlag(parser);
}

/** A name below the folder for the files, or an absolute one, also from the home directory. */
function homeInName(name: unknown): string {
  const text = String(name);
  return text.startsWith('~') ? expandHome(text) : text;
}

/** One sentence for each given flag that changes nothing. */
function ineffective(options: Readonly<Record<string, unknown>>): string[] {
  const sentences: string[] = [];
  if (options['is_aligned'] !== 'True')
    sentences.push('--is_aligned has no effect: the faces are taken as they are; align them first (facenet align).');
  if (options['margin'] !== usual.margin)
    sentences.push('--margin has no effect: the faces are taken as they are; it belongs to facenet align.');
  if (options['gpu_memory_fraction'] !== usual.gpuMemoryFraction)
    sentences.push('--gpu_memory_fraction has no effect: embeddings are computed on the CPU.');
  return sentences;
}

async function run(options: CommandOptions, context: CommandContext): Promise<number> {
  return inShard(options, context, async (shard) => write(options, shard, context));
}

async function write(
  options: CommandOptions,
  shard: Shard | undefined,
  { output, signal }: CommandContext,
): Promise<number> {
  const typed = options as Record<string, unknown>;
  const dataDir = expandHome(String(typed['data_dir']));
  const dataset = await scanDataset(dataDir);
  const model = await openModel(String(typed['model']));
  const recipe: Recipe = {
    ...model.recipe,
    imageSize: (typed['image_size'] as number | undefined) ?? model.recipe.imageSize,
    standardization: typed['use_fixed_image_standardization'] === true ? 'fixed' : model.recipe.standardization,
  };
  for (const sentence of ineffective(typed)) output.problem(sentence);
  const differences = recipeDifferences(model.recipe, recipe);
  const notes = [...model.notes, ...differences, ...(await alignmentMismatches(dataDir, recipe))];
  for (const note of notes) output.problem(`Warning: ${note}`);
  output.line(`Number of images:  ${imageCount(dataset)}`);
  const outputDir = expandHome(String(typed['output_dir']));
  const started = performance.now();
  const names = {
    embeddings: homeInName(typed['embeddings_name']),
    labels: homeInName(typed['labels_name']),
    labelStrings: homeInName(typed['labels_strings_name']),
  };
  const { files } = await exportAll({ model, recipe, dataset, outputDir, names }, shard, {
    signal,
    force: typed['force'] === true,
    onProgress: progressOf(output, 'Embedding', 'images'),
  });
  output.line(`Run time:  ${((performance.now() - started) / 1000).toFixed(1)}`);
  for (const file of files) output.line(`Written: ${file}`);
  if (shard !== undefined) await mergeParts(outputDir, output, shard);
  return 0;
}

export const command: Command = {
  name: 'export-embeddings',
  summary: 'Write the embeddings of a folder of aligned faces as NumPy files.',
  configure,
  run,
};
