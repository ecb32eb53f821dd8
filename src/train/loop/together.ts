// What several processes have to agree on before they make the steps of one training, and whether they still do after it.
import { createHash } from 'node:crypto';
import { gatherTexts, shareText, type Ranks } from '../../mpi/ranks';
import { UserError } from '../../protocol/errors';
import type { TrainConfig } from '../../protocol/trainConfig';
import type { TrainingPlan } from '../plan/trainingPlan';
import type { RunState } from './runState';

type CacheChoice = Pick<TrainConfig, 'activationCacheDir' | 'activationCachePerRank'>;

/** @throws UserError for a training whose steps cannot be shared */
export function requireSharable(
  { head, batchSize, config }: Pick<TrainingPlan, 'head' | 'batchSize'> & { config: CacheChoice },
  { size }: Pick<Ranks, 'size'>,
): void {
  // A triplet stays whole, and how the lengths of a batch spread is not known of a single image.
  const ofRank = head.ownVariables.some(({ statistic }) => statistic) ? 2 : 1;
  const least = size * (head.triplets === undefined ? ofRank : 3);
  if (batchSize < least)
    throw new UserError(
      `A batch of ${batchSize} images cannot be shared by ${size} ranks.`,
      `Raise --batch_size to ${least} at least, or start fewer ranks.`,
    );
  if (config.activationCachePerRank && config.activationCacheDir === undefined)
    throw new UserError(
      'Each rank is to keep activations of its own, but no folder for them is chosen.',
      "Name one on every machine's own disk by --activation_cache_dir, or leave --activation_cache_per_rank out.",
    );
}

/** What has to be alike, by what a sentence calls it. */
function groundsOf(
  { set, batchSize }: Pick<TrainingPlan, 'set' | 'batchSize'>,
  state: RunState,
): Record<string, string> {
  const variables = [...state.weights].map(([name, { shape }]) => `${name} ${shape.join('x')}`);
  return {
    'another step to go on from': `${state.step}`,
    [`other images in its dataset`]: `${set.training.length} ${set.validation.length}`,
    'other people in its dataset': digest([Buffer.from(JSON.stringify(set.labels))]),
    'another batch size': `${batchSize}`,
    'another network': digest([Buffer.from(variables.join('\n'))]),
  };
}

/**
 * Holds that all ranks are about to do the same, and gives them rank 0's weights.
 * @throws UserError, on all of them, where the dataset or the checkpoint of one is not that of rank 0
 */
export async function beginTogether(
  plan: Pick<TrainingPlan, 'set' | 'batchSize'>,
  state: RunState,
  ranks: Ranks,
): Promise<void> {
  const own = groundsOf(plan, state);
  const all = (await gatherTexts(ranks, JSON.stringify(own))).map((text) => JSON.parse(text) as typeof own);
  for (const [rank, theirs] of all.entries()) {
    const different = Object.keys(own).find((what) => theirs[what] !== all[0]![what]);
    if (different === undefined) continue;
    throw new UserError(
      `Rank ${rank} finds ${different} than rank 0.`,
      'Put the dataset and the folder of runs on a disk that all machines see under the same path.',
    );
  }
  for (const { data } of state.weights.values()) await ranks.share(data);
}

/**
 * Ranks whose weights are not rank 0's to the bit. They are where all machines compute alike: every rank makes the same
 * update from the same sums.
 */
export async function differingRanks(weights: RunState['weights'], ranks: Ranks): Promise<number[]> {
  const parts = [...weights.values()].map(({ data }) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  const all = await gatherTexts(ranks, digest(parts));
  return [...all.keys()].filter((rank) => all[rank] !== all[0]);
}

function digest(parts: readonly Uint8Array[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}

/** Rank 0's answer, on all ranks. */
export async function answerOfFirst(ranks: Ranks, answer: boolean): Promise<boolean> {
  const shared = Float32Array.of(answer ? 1 : 0);
  await ranks.share(shared);
  return shared[0] === 1;
}

/** What the ranks were named by rank 0, which owns the run, as `followTraining` takes it. */
export async function shareRun<T>(ranks: Ranks, run: T | undefined): Promise<T> {
  return JSON.parse(await shareText(ranks, JSON.stringify(run ?? null))) as T;
}
