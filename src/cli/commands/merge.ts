import type { ArgumentParser } from 'argparse';
import type { Command, CommandContext, CommandOptions } from '../command';
import { mergeParts } from '../mergeParts';

function configure(parser: ArgumentParser): void {
  parser.add_argument('dir', { metavar: 'DIR', help: 'the output folder that shards were written to' });
}

async function run(options: CommandOptions, { output }: CommandContext): Promise<number> {
  await mergeParts(String(options['dir']), output);
  return 0;
}

export const command: Command = {
  name: 'merge',
  summary: 'Make the whole of what shards have done (--shard), where the last of them has not.',
  configure,
  run,
};
