import { join, resolve } from 'node:path';
import type { ArgumentParser } from 'argparse';
import { lookAtShard, partsOfFacts } from '../../dataset/cleanShards';
import { UserError } from '../../protocol/errors';
import type { Shard } from '../../shard/shard';
import { type Cleaning, cleanDataset, factsOf, listDataset } from '../cleaning';
import type { Command, CommandContext, CommandOptions, CommandOutput } from '../command';
import { mergeParts } from '../mergeParts';
import { addShardFlag, inShard } from '../shardFlag';

function configure(parser: ArgumentParser): void {
  parser.add_argument('dir', { metavar: 'DIR', help: 'dataset: one folder of images per person' });
  const action = parser.add_mutually_exclusive_group();
  action.add_argument('--move', { metavar: 'TO', help: 'move files that are not readable images to this folder' });
  action.add_argument('--delete', { action: 'store_true', help: 'delete files that are not readable images' });
  parser.add_argument('--duplicates', {
    action: 'store_true',
    help: 'with --move or --delete: also all copies of an image but the first; else they are only listed',
  });
  parser.add_argument('--lfw', {
    metavar: 'PATH',
    help: 'LFW folder or pairs file: report people who are in there too',
  });
  parser.add_argument('--min_size', {
    type: 'int',
    default: 20,
    help: 'report images with a shorter edge than this many pixels (default: 20)',
  });
  addShardFlag(parser);
  parser.add_argument('--json', { action: 'store_true', help: 'print the problems as one JSON array' });
}

async function run(options: CommandOptions, { output, signal, cwd }: CommandContext): Promise<number> {
  const { min_size: minSize, delete: remove, json, duplicates, ...typed } = options as object as CleanOptions;
  if (minSize < 0) throw new UserError(`--min_size ${minSize} is negative.`, 'Give a number of pixels, 0 or more.');
  const absolute = (path: string | undefined): string | undefined => (path === undefined ? path : resolve(cwd, path));
  const cleaning: Cleaning = {
    ...{ dataset: resolve(cwd, typed.dir), home: join(cwd, '.facenet'), minSize, delete: remove, json, duplicates },
    ...{ lfw: absolute(typed.lfw), move: absolute(typed.move) },
  };
  // What is said of parts is no part of the answer.
  const aside = json ? { ...output, line: (text: string) => output.problem(text) } : output;
  return inShard(options, { output: aside }, async (shard) => {
    if (shard === undefined) await cleanDataset(cleaning, { output, signal });
    else await cleanShard(cleaning, shard, { output, signal }, aside);
    return 0;
  });
}

/** @param aside what is said of the part */
async function cleanShard(
  cleaning: Cleaning,
  shard: Shard,
  shown: Pick<CommandContext, 'output' | 'signal'>,
  aside: CommandOutput,
): Promise<void> {
  const facts = factsOf(cleaning);
  if (facts === undefined)
    throw new UserError(
      `What shards have seen is kept in ${cleaning.home}, which lies in the dataset ${cleaning.dataset}.`,
      'Start them in another folder that all machines share.',
    );
  const { dataset, notes } = await listDataset(cleaning, shown);
  const { dataset: path, minSize, duplicates, delete: remove, lfw = '', move = '' } = cleaning;
  const recipe = { dataset: path, min_size: minSize, duplicates, delete: remove, lfw, move };
  const seen = await lookAtShard({ dataset, facts, recipe }, shard, {
    signal: shown.signal,
    onProgress: (done, total) => shown.output.progress(`Looking at images: ${done} of ${total}`),
  });
  for (const note of [...notes, ...seen.notes]) shown.output.problem(note);
  // What is taken away is what this process was asked for, never what a file says.
  if (await mergeParts(partsOfFacts(facts), aside, shard)) await cleanDataset(cleaning, shown);
}

interface CleanOptions {
  dir: string;
  move?: string;
  delete: boolean;
  duplicates: boolean;
  lfw?: string;
  min_size: number;
  json: boolean;
}

export const command: Command = {
  name: 'clean',
  summary: 'List what is not an image in a data set; move it away or delete it.',
  configure,
  run,
};
