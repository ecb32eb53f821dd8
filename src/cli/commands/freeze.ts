import type { ArgumentParser } from 'argparse';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { openModel } from '../../checkpoint/model';
import { describe } from '../../network/describe';
import { freezeGraph } from '../../network/graphdef/exportGraph';
import { networkByName } from '../../network/registry';
import { UserError } from '../../protocol/errors';
import { writeFileAtomic } from '../../files/atomicFile';
import { requireFree } from '../../files/requireFree';
import { expandHome } from '../../train/settings/homePath';
import type { Command, CommandContext, CommandOptions } from '../command';

function configure(parser: ArgumentParser): void {
  parser.add_argument('model_dir', {
    metavar: 'MODEL',
    help: 'model directory, checkpoint prefix or file, run folder, frozen .pb, or starter',
  });
  parser.add_argument('output_file', {
    metavar: 'OUTPUT',
    help: 'file to write, usually a .pb; its folder is made where it is missing',
  });
  parser.add_argument('--force', { action: 'store_true', help: 'replace OUTPUT where it exists' });
}

async function run(options: CommandOptions, { output }: CommandContext): Promise<number> {
  const path = expandHome(String(options['output_file']));
  const force = options['force'] === true;
  await requireFree(path, force, 'model.pb');
  const model = await openModel(String(options['model_dir']));
  for (const note of model.notes) output.problem(`Warning: ${note}`);
  if (model.network === undefined) {
    throw new UserError(`${model.path} holds no network that is known here.`, 'Give a model of a known network.');
  }
  const network = networkByName(model.network, { embeddingSize: model.embeddingSize });
  const { imageSize, standardization } = model.recipe;
  const weights = await model.readAll(describe(network).variables.map(({ name }) => name));
  const { bytes, nodes } = freezeGraph(network, weights, { imageSize });
  await mkdir(dirname(path), { recursive: true });
  await requireFree(path, force, 'model.pb');
  await writeFileAtomic(path, bytes);
  output.line(`${nodes.length} ops in the final graph: ${path}`);
  const input = `input:0 [N, ${imageSize}, ${imageSize}, ${network.inputChannels}] (${standardization} standardization)`;
  output.line(`Feed ${input}, fetch embeddings:0 [N, ${network.embeddingSize}].`);
  return 0;
}

export const command: Command = {
  name: 'freeze',
  summary: 'Write a model with its weights as one frozen TensorFlow graph (.pb).',
  configure,
  run,
};
