import type { ArgumentParser } from 'argparse';
import { alignDataset } from '../../align/alignDataset';
import { chipNames } from '../../protocol/chip';
import { alignRequestSchema, type AlignRequest } from '../../protocol/job';
import { memoryContext } from '../../jobs/memoryContext';
import type { Shard } from '../../shard/shard';
import type { Command, CommandContext, CommandOptions } from '../command';
import { mergeParts } from '../mergeParts';
import { addShardFlag, inShard } from '../shardFlag';
import { showEvent } from '../terminal';

/** `true`, `yes`, `1` … and their opposites. The reference's `bool` took every text, also False, for true (spec §9.6). */
function truthValue(text: string): boolean {
  const value = text.toLowerCase();
  if (['true', 'yes', '1', 'on'].includes(value)) return true;
  if (['false', 'no', '0', 'off'].includes(value)) return false;
  throw new TypeError(`neither true nor false: ${text}`);
}
Object.defineProperty(truthValue, 'name', { value: 'true|false' });

function configure(parser: ArgumentParser): void {
  parser.add_argument('input_dir', { help: 'folder with one folder of photographs per person' });
  parser.add_argument('output_dir', { help: 'folder for the aligned faces; made when it is not there' });
  parser.add_argument('--image_size', { type: 'int', default: 182, help: 'edge of the crops in pixels' });
  parser.add_argument('--margin', {
    type: 'int',
    default: 44,
    help: 'pixels of the photograph around the box, both sides together',
  });
  parser.add_argument('--random_order', {
    action: 'store_true',
    help: 'shuffle people and photographs, so that several processes can share the work',
  });
  parser.add_argument('--gpu_memory_fraction', {
    type: 'float',
    default: 1.0,
    help: 'accepted for commands written for the Python script; alignment runs on the CPU',
  });
  parser.add_argument('--detect_multiple_faces', {
    type: truthValue,
    nargs: '?',
    const: true,
    default: false,
    metavar: 'true|false',
    help: 'cut out every face, as NAME_0.png, NAME_1.png … (False means false here)',
  });
  parser.add_argument('--upright', {
    action: 'store_true',
    help: 'turn photographs as their EXIF orientation says first; the Python script takes their pixels as they lie',
  });
  parser.add_argument('--detector', {
    choices: ['auto', 'mtcnn', 'starter'],
    default: 'auto',
    help: 'auto takes MTCNN when its weights are there, else the starter detector; mtcnn downloads the weights (2 MB)',
  });
  parser.add_argument('--alignment', {
    choices: ['box', 'landmarks'],
    default: 'box',
    help: "box is the reference's crop; landmarks turns the face upright, as the starter model wants it",
  });
  parser.add_argument('--chip', {
    choices: [...chipNames],
    help:
      "of --alignment landmarks: mean-face has each point at its place in dlib's mean face (default); tip-at-base has the nose's " +
      'tip too low, as all chips of older versions; a folder that was begun keeps its own',
  });
  parser.add_argument('--jobs', { type: 'int', default: 0, help: 'worker threads; 0 is one per core' });
  addShardFlag(parser);
}

async function run(options: CommandOptions, context: CommandContext): Promise<number> {
  const request = alignRequestSchema.parse({
    kind: 'align',
    inputDir: options['input_dir'],
    outputDir: options['output_dir'],
    imageSize: options['image_size'],
    margin: options['margin'],
    detector: options['detector'],
    alignment: options['alignment'],
    chip: options['chip'],
    detectMultipleFaces: options['detect_multiple_faces'],
    upright: options['upright'],
    randomOrder: options['random_order'],
    jobs: options['jobs'],
  });
  return inShard(options, context, async (shard) => alignShard(request, shard, context));
}

async function alignShard(request: AlignRequest, shard: Shard | undefined, context: CommandContext): Promise<number> {
  const job = memoryContext({ signal: context.signal, onEvent: (event) => showEvent(context.output, event) });
  context.output.line('Creating networks and loading parameters');
  const summary = await alignDataset(request, job, {
    shard,
    argumentsLine: process.argv.slice(2).join(' '),
    // As in the reference, every path is printed; what is wrong with one follows as a warning.
    onImage: (source) => context.output.line(source),
  });
  context.output.line(`Total number of images: ${summary.images}`);
  context.output.line(`Number of successfully aligned images: ${summary.faces}`);
  if (shard !== undefined) await mergeParts(request.outputDir, context.output, shard);
  return 0;
}

export const command: Command = {
  name: 'align',
  summary: 'Find the faces of a data set and cut them out.',
  configure,
  run,
};
