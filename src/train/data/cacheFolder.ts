import { join } from 'node:path';
import type { JobContext } from '../../protocol/jobContext';
import type { TrainConfig } from '../../protocol/trainConfig';

type Run = Pick<JobContext, 'runFolder' | 'runId'>;

/** Folder that holds the cache of a run: its own, unless another place is chosen. */
export function cacheHome({ activationCacheDir }: Pick<TrainConfig, 'activationCacheDir'>, run: Run): string {
  return activationCacheDir === undefined ? run.runFolder : join(activationCacheDir, run.runId);
}

/** Folder that a run's activations are kept in. */
export function cacheFolder(config: Pick<TrainConfig, 'activationCacheDir'>, run: Run): string {
  return join(cacheHome(config, run), 'cache');
}

/** In the place of a run's name: what is computed before a training, which finds it beside its own. */
const filledName = 'filled';

/** Folder of the activations that are computed before a training. @param activationCacheDir of its settings */
export function filledFolder(activationCacheDir: string): string {
  return cacheFolder({ activationCacheDir }, { runFolder: '', runId: filledName });
}
