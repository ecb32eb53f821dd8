// `--shard`, for commands whose work is independent from person to person.
import type { ArgumentParser } from 'argparse';
import { describeError } from '../protocol/errors';
import { isWorthRetrying } from '../shard/retry';
import { chooseShard, type ChosenShard, type Shard } from '../shard/shard';
import type { CommandContext, CommandOptions } from './command';
import { exitCodes } from './outcome';

export function addShardFlag(parser: ArgumentParser): void {
  parser.add_argument('--shard', {
    metavar: 'I/N',
    help:
      'only the people of part I of N, each part in a process of its own; the last one merges them. N alone takes the part ' +
      "from Slurm's array or Kubernetes' index, which a Slurm array does without the flag as well. 1/1 does everything",
  });
}

/**
 * Does `work` for the part that the flag or the scheduler names, undefined for the whole. A part that would fail again
 * ends with an exit code of its own, by which a scheduler knows that it need not try.
 */
export async function inShard(
  options: CommandOptions,
  { output }: Pick<CommandContext, 'output'>,
  work: (shard: Shard | undefined) => Promise<number>,
): Promise<number> {
  const typed = options['shard'] as string | undefined;
  let chosen: ChosenShard | undefined;
  try {
    chosen = chooseShard(typed, process.env);
    if (chosen?.note !== undefined) output.line(chosen.note);
    return await work(chosen?.shard);
  } catch (error) {
    if ((chosen === undefined && typed === undefined) || isWorthRetrying(error)) throw error;
    output.problem(`facenet: ${describeError(error)}`);
    return exitCodes.hopeless;
  }
}
