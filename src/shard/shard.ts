// Which part of a work on many people this process does: as it was told, or as the scheduler says that started it.
import { UserError } from '../protocol/errors';

/** One of several parts of a work that are done by processes of their own. */
export interface Shard {
  /** From 0. */
  index: number;
  /** How many parts there are, 1 or more. */
  count: number;
}

/** More would be files and processes without work. */
const mostShards = 100_000;

/** `2/8`, as it is typed and told. */
export function shardName({ index, count }: Shard): string {
  return `${index + 1}/${count}`;
}

/** A part, and how it came to be this one. */
export interface ChosenShard {
  shard: Shard;
  /** One sentence, where nobody has typed it. */
  note?: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The part that `--shard` and the variables of a scheduler name; undefined where neither does, or there is but one.
 *
 * Slurm's arrays tell the part and how many there are. Kubernetes tells an Indexed Job's pod its own index alone
 * (JOB_COMPLETION_INDEX), so that the number has to be typed.
 * @param typed `2/8`, or `8` for that part of 8 which the scheduler names
 * @throws UserError where they make no part
 */
export function chooseShard(typed: string | undefined, environment: Environment): ChosenShard | undefined {
  const chosen = typed?.includes('/') === true ? { shard: parseShard(typed) } : fromScheduler(typed, environment);
  return chosen === undefined || chosen.shard.count === 1 ? undefined : chosen;
}

function parseShard(typed: string): Shard {
  const [, part, count] = /^(\d{1,6})\/(\d{1,6})$/.exec(typed) ?? [];
  const shard = { index: Number(part) - 1, count: Number(count) };
  if (part === undefined || !isShard(shard)) {
    throw new UserError(
      `--shard ${typed} is no part of a whole.`,
      `Give e.g. 2/8, the second of eight; at most ${mostShards}.`,
    );
  }
  return shard;
}

function isShard({ index, count }: Shard): boolean {
  return index >= 0 && index < count && count <= mostShards;
}

function fromScheduler(typed: string | undefined, environment: Environment): ChosenShard | undefined {
  const count = typed === undefined ? undefined : Number(typed);
  if (count !== undefined && !(Number.isInteger(count) && count > 0 && count <= mostShards)) {
    throw new UserError(`--shard ${typed} is no part of a whole.`, 'Give e.g. 2/8, the second of eight.');
  }
  const { SLURM_ARRAY_TASK_ID: task, JOB_COMPLETION_INDEX: completion } = environment;
  if (task !== undefined) return fromSlurm(task, count, environment);
  if (completion !== undefined) return fromKubernetes(completion, count);
  if (count === undefined || count === 1) return undefined;
  throw new UserError(
    `--shard ${typed} leaves the part to a scheduler, and none of its variables is set (SLURM_ARRAY_TASK_ID, JOB_COMPLETION_INDEX).`,
    `Name the part: --shard 1/${typed} to ${typed}/${typed}.`,
  );
}

function fromSlurm(task: string, typed: number | undefined, environment: Environment): ChosenShard {
  const { SLURM_ARRAY_TASK_MIN: first = '0', SLURM_ARRAY_TASK_STEP: step = '1' } = environment;
  const count = typed ?? Number(environment['SLURM_ARRAY_TASK_COUNT']);
  // Only with its number typed may a part be submitted again alone, as --array=3: then Slurm's first task is not ours.
  const index = typed === undefined ? (Number(task) - Number(first)) / Number(step) : Number(task) - 1;
  const shard = { index, count };
  if (!Number.isInteger(index) || !isShard(shard)) {
    const range = typed === undefined ? 'without holes, such as 1-8' : `from 1 to ${typed}`;
    throw new UserError(
      `Task ${task} of Slurm's array is no part of ${Number.isInteger(count) ? count : 'its tasks'}.`,
      `Number the array ${range}, or name the part with --shard.`,
    );
  }
  return { shard, note: `Part ${shardName(shard)}: task ${task} of Slurm's array.` };
}

function fromKubernetes(completion: string, count: number | undefined): ChosenShard {
  if (count === undefined) {
    throw new UserError(
      `This pod is number ${completion} of an Indexed Job, which does not say how many there are.`,
      'Give --shard with the number of its completions, e.g. --shard 8; --shard 1 does everything here.',
    );
  }
  const shard = { index: Number(completion), count };
  if (count > 1 && !isShard(shard)) {
    throw new UserError(
      `Pod ${completion} of the Indexed Job has no part of ${count}.`,
      'Give --shard the number of its completions.',
    );
  }
  return { shard, note: `Part ${shardName(shard)}: pod ${completion} of an Indexed Job.` };
}
