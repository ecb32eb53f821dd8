import { join } from 'node:path';
import type { JobContext } from '../../protocol/jobContext';
import type { TrainConfig } from '../../protocol/trainConfig';

type Run = Pick<JobContext, 'runFolder' | 'runId'>;
type Place = Pick<TrainConfig, 'activationCacheDir'> & Partial<Pick<TrainConfig, 'activationCachePerRank'>>;

/**
 * Folder that holds the cache of a run: its own, unless another place is chosen.
 * @param rank whose cache it is, where each rank keeps its own; that of rank 0 is the run's
 */
export function cacheHome({ activationCacheDir, activationCachePerRank }: Place, run: Run, rank = 0): string {
  if (activationCacheDir === undefined) return run.runFolder;
  const name = activationCachePerRank === true && rank > 0 ? `${run.runId}-rank${rank}` : run.runId;
  return join(activationCacheDir, name);
}

/** Folder that a run's activations are kept in. @param rank as of `cacheHome` */
export function cacheFolder(config: Place, run: Run, rank = 0): string {
  return join(cacheHome(config, run, rank), 'cache');
}

/** Whether a folder in `activationCacheDir` is that of a run or of one of its ranks. */
export function isOfRun(name: string, runId: string): boolean {
  return name.replace(/-rank\d+$/, '') === runId;
}

/** In the place of a run's name: what is computed before a training, which finds it beside its own. */
const filledName = 'filled';

/** Folder of the activations that are computed before a training. @param activationCacheDir of its settings */
export function filledFolder(activationCacheDir: string): string {
  return cacheFolder({ activationCacheDir }, { runFolder: '', runId: filledName });
}
