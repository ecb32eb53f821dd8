import type { ArgumentParser } from 'argparse';
import { openModel } from '../../checkpoint/model';
import { scanDataset } from '../../dataset/scan';
import { alignmentMismatches } from '../../input/alignmentCheck';
import type { Shard } from '../../shard/shard';
import { expandHome } from '../../train/settings/homePath';
import type { Command, CommandContext, CommandOptions } from '../command';
import { exportAll } from '../embeddingExport';
import { mergeParts } from '../mergeParts';
import { progressOf } from '../modelFlags';
import { addShardFlag, inShard } from '../shardFlag';

function configure(parser: ArgumentParser): void {
  parser.add_argument('-d', '--data_dir', {
    metavar: 'DIR',
    required: true,
    help: 'folder of aligned faces, one folder per person',
  });
  parser.add_argument('-o', '--output_dir', {
    metavar: 'DIR',
    required: true,
    help: 'folder for gallery.npy and signatures.npy; made where it is missing',
  });
  parser.add_argument('--trained_model_dir', {
    metavar: 'MODEL',
    required: true,
    help: 'model directory, checkpoint prefix or file, frozen .pb, or starter',
  });
  parser.add_argument('--batch_size', { type: 'int', default: 50, help: 'accepted; it changes no result' });
  parser.add_argument('--force', { action: 'store_true', help: 'replace files that exist' });
  addShardFlag(parser);
}

async function run(options: CommandOptions, context: CommandContext): Promise<number> {
  return inShard(options, context, async (shard) => represent(options, shard, context));
}

/** The lines are the reference's (spec §8.7); it means its own preprocessing, here the model's counts. */
async function represent(
  options: CommandOptions,
  shard: Shard | undefined,
  { output, signal }: CommandContext,
): Promise<number> {
  const outputDir = expandHome(String(options['output_dir']));
  const dataDir = expandHome(String(options['data_dir']));
  output.line('Loading trained model...');
  output.line('');
  const model = await openModel(String(options['trained_model_dir']));
  output.line('Finding image paths and targets...');
  output.line('');
  const dataset = await scanDataset(dataDir);
  for (const note of [...model.notes, ...(await alignmentMismatches(dataDir, model.recipe))])
    output.problem(`Warning: ${note}`);
  output.line('Generating embeddings from images...');
  output.line('');
  const started = performance.now();
  const names = { embeddings: 'signatures.npy', labels: 'gallery.npy' };
  const { images } = await exportAll({ model, recipe: model.recipe, dataset, outputDir, names }, shard, {
    signal,
    force: options['force'] === true,
    onProgress: progressOf(output, 'Embedding', 'images'),
  });
  const average = ((performance.now() - started) / 1000 / Math.max(1, images)).toFixed(3);
  output.line(`Forward pass took avg of ${average}[seconds/image] for ${images} images`);
  output.line('');
  output.line(`Finally saving embeddings and gallery to: ${outputDir}`);
  if (shard !== undefined) await mergeParts(outputDir, output, shard);
  return 0;
}

export const command: Command = {
  name: 'batch-represent',
  summary: 'Write the embeddings of a folder of aligned faces as signatures.npy and gallery.npy.',
  configure,
  run,
};
