// Activations of a training's frozen stages, computed before it starts by processes that each take some of the people.
import { mkdir } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { onnxForward } from '../../engine/forwardEngine';
import { plainVariant } from '../../input/imageVariant';
import { activities } from '../../protocol/activities';
import { UserError } from '../../protocol/errors';
import type { JobContext } from '../../protocol/jobContext';
import type { TrainConfig } from '../../protocol/trainConfig';
import { imagesOfPairs } from '../../recognize/pairEmbeddings';
import { isOfShard } from '../../shard/peopleOfShard';
import type { Shard } from '../../shard/shard';
import { FrozenActivations } from '../data/frozenActivations';
import { ImageContents } from '../data/imageContent';
import { KeptLooks } from '../data/keptLooks';
import { anyLarger } from '../data/trainingSet';
import { planVariants } from '../data/variants';
import { planTraining, type TrainingPlan } from '../plan/trainingPlan';
import { filledFolder } from '../data/cacheFolder';
import { freshState } from './runState';

/** The images of one part. */
interface OwnImages {
  training: readonly string[];
  /** What is evaluated meanwhile. */
  evaluated: readonly string[];
}

/**
 * Computes the activations of one part's images into `activationCacheDir`, where a training with the same settings finds
 * them: those that its first phase begins with, and those of the images that it evaluates. What is there is not computed
 * again, so that a part that was killed goes on where it was.
 * @returns images of the part
 * @throws UserError without `activationCacheDir`, where no stage is frozen at first, and as `planTraining`
 */
export async function fillActivations(
  config: TrainConfig,
  shard: Shard,
  { signal, report }: Pick<JobContext, 'signal' | 'report'>,
): Promise<number> {
  if (config.activationCacheDir === undefined)
    throw new UserError(
      '--shard needs --activation_cache_dir, where the training finds the activations.',
      'Give a folder on a disk that all parts share, and the same to the training.',
    );
  const say = (message: string, level: 'info' | 'warning' = 'info'): void => report({ type: 'log', level, message });
  const plan = await planTraining(config, { signal });
  for (const warning of plan.warnings) say(warning, 'warning');
  const [first] = plan.phases;
  if (first === undefined || first.cut === 0)
    throw new UserError(
      'The first phase trains the whole network, so that there is nothing to compute before it.',
      'Leave --shard out.',
    );
  const { network, recipe, base } = plan;
  const { training, evaluated } = imagesOfShard(plan, shard);
  const contents = new ImageContents({ say });
  const { state } = await freshState(plan);
  const cropMatters = config.randomCrop && (await anyLarger(plan.set.training, recipe.imageSize, signal));
  const cache = filledFolder(config.activationCacheDir);
  await mkdir(dirname(cache), { recursive: true });
  const { activationCacheGb: gigabytes } = config;
  const activations = new FrozenActivations({
    ...{ engine: onnxForward, network, recipe, contents, cache, base, say },
    mostBytes: gigabytes === undefined ? undefined : gigabytes * 1e9,
  });
  const onProgress = (done: number, total: number): void =>
    report({ type: 'progress', activity: activities.freezing, done, total, unit: 'images' });
  const options = { signal, onProgress };
  const looks = KeptLooks.ofPlan(training, await contents.of(training, signal), planVariants(config, cropMatters));
  const rows = await activations.rows(state.weights, first.cut, looks, { ...options, memoryLimit: 0 });
  await rows.close();
  const flips = config.lfw?.useFlippedImages === true ? [false, true] : [false];
  for (const flip of base === 0 ? [] : flips) {
    const input = activations.embedderInput(state.weights);
    const embedded = await input.rows(evaluated, { ...plainVariant, flip }, options);
    await embedded.close();
  }
  return training.length + evaluated.length;
}

function imagesOfShard({ set, pairs }: TrainingPlan, shard: Shard): OwnImages {
  const isOwn = (image: string): boolean => isOfShard(basename(dirname(image)), shard);
  const labels = new Set(set.labels.flatMap((name, label) => (isOfShard(name, shard) ? [label] : [])));
  const training = [...set.training].flatMap(({ path, label }) => (labels.has(label) ? [path] : []));
  const evaluated = new Set([...set.validation.paths, ...imagesOfPairs(pairs?.pairs ?? [])].filter(isOwn));
  return { training, evaluated: [...evaluated] };
}
