import type { ArgumentParser } from 'argparse';
import { UserError } from '../../protocol/errors';
import { readVerificationSet, unpackVerificationSet } from '../../recognize/verificationSet';
import { expandHome } from '../../train/settings/homePath';
import type { Command, CommandContext, CommandOptions } from '../command';
import { progressOf } from '../modelFlags';

function configure(parser: ArgumentParser): void {
  parser.add_argument('set', { metavar: 'SET.bin', help: 'verification set as insightface packs them, e.g. lfw.bin' });
  parser.add_argument('output_dir', { metavar: 'OUTPUT', help: 'folder to write, empty or not there yet' });
  parser.add_argument('--image_size', {
    type: 'int',
    default: 160,
    help: 'edge of the images that are written, resized (default: 160)',
  });
}

async function run(options: CommandOptions, { output, signal }: CommandContext): Promise<number> {
  const imageSize = options['image_size'] as number;
  if (!(imageSize >= 1 && imageSize <= 1024)) {
    throw new UserError(`--image_size is ${imageSize}.`, "Give the edge of the model's input, 1 to 1024.");
  }
  const folder = expandHome(String(options['output_dir']));
  const set = await readVerificationSet(expandHome(String(options['set'])));
  const pairs = await unpackVerificationSet(set, folder, imageSize, {
    signal,
    onProgress: progressOf(output, 'Unpacking', 'pairs'),
  });
  const same = set.same.filter(Boolean).length;
  output.line(`${set.same.length} pairs, ${same} of one person: ${pairs}`);
  output.line('Its faces were aligned for other models; accuracy on them is not that of faces that are aligned here.');
  output.line(`facenet validate-on-lfw ${folder} MODEL --lfw_pairs ${pairs}`);
  return 0;
}

export const command: Command = {
  name: 'unpack-pairs',
  summary: 'Turn a verification set (.bin) of insightface into a folder of images and its pairs.',
  configure,
  run,
};
