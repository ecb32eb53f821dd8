// A training as every rank but the first makes it: the same steps, and nothing is written.
import { mkdir } from 'node:fs/promises';
import { imageCount } from '../../dataset/scan';
import { Journal } from '../../journal/journal';
import type { TrainRequest } from '../../protocol/job';
import type { JobContext } from '../../protocol/jobContext';
import { FrozenActivations } from '../data/frozenActivations';
import { ImageContents } from '../data/imageContent';
import { anyLarger } from '../data/trainingSet';
import { planVariants } from '../data/variants';
import { restoredRates } from '../plan/restoredRates';
import { planTraining } from '../plan/trainingPlan';
import type { StepExchange } from '../step/exchange';
import { FollowedEvaluations } from './followedEvaluations';
import { beginTogether, requireSharable } from './together';
import { cacheFolder, cacheHome } from '../data/cacheFolder';
import { openEngines } from './openEngines';
import { openResumePoint } from './resumePoint';
import { freshState, resumedState } from './runState';
import { TrainingLoop, type LoopParts } from './trainingLoop';

export interface FollowedRun {
  runFolder: string;
  runId: string;
  /** Aborted where this rank was asked to stop; all ranks stop together. */
  signal: AbortSignal;
}

/**
 * Makes the steps of a run that rank 0 owns.
 * @throws UserError for what the user can mend, StoppedError where all ranks have stopped
 */
export async function followTraining(
  request: TrainRequest,
  { runFolder, runId, signal }: FollowedRun,
  exchange: StepExchange,
): Promise<void> {
  const { config } = request;
  // Stopping is agreed on; what this rank reads and computes for itself goes on until then.
  const never = new AbortController().signal;
  const context: JobContext = {
    ...{ signal: never, runFolder, runId },
    report: () => undefined,
    update: async () => undefined,
  };
  const resume = request.resume === undefined ? undefined : await openResumePoint(request.resume);
  const plan = await planTraining(config);
  requireSharable(plan, exchange.ranks);
  const { engine, forward } = await openEngines(plan, resume?.record, context);
  const { state } =
    resume?.saved === undefined ? await freshState(plan) : resumedState(plan, { ...resume, saved: resume.saved });
  await exchange.ranks.meet();
  await beginTogether(plan, state, exchange.ranks);
  const { set, network, recipe, base } = plan;
  // Nobody else makes the folder of a rank's own cache.
  if (config.activationCachePerRank)
    await mkdir(cacheHome(config, { runFolder, runId }, exchange.ranks.rank), { recursive: true });
  const contents = new ImageContents({ capacity: 2 * imageCount(set.dataset) });
  const activations = new FrozenActivations({
    ...{ engine: forward, network, recipe, contents, base },
    cache: cacheFolder(config, { runFolder, runId }, exchange.ranks.rank),
    ...(config.activationCachePerRank ? { perRank: true } : { processes: exchange.ranks.size }),
    mostBytes: config.activationCacheGb === undefined ? undefined : config.activationCacheGb * 1e9,
  });
  const cropMatters = config.randomCrop && (await anyLarger(set.training, recipe.imageSize, never));
  const evaluations = new FollowedEvaluations({ plan, state, forward, activations, ranks: exchange.ranks });
  const saver: LoopParts['saver'] = {
    isDue: () => false,
    async save(trainer) {
      await state.update(trainer);
    },
    saveUntrained: async () => undefined,
    considerBest: async () => undefined,
  };
  const parts = {
    ...{ recovery: resume?.record.recovery, plan, state, engine, forward, contents, activations, evaluations, saver },
    ...{ context, journal: new Journal([]), exchange, wantsStop: signal },
    variants: planVariants(config, cropMatters),
    rateFactors: await restoredRates(plan),
  };
  await new TrainingLoop(parts).run();
}
