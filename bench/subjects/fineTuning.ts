import { memoryContext } from '../../src/jobs/memoryContext';
import { trainRequestSchema } from '../../src/protocol/job';
import type { TrainConfig } from '../../src/protocol/trainConfig';
import { runTraining } from '../../src/train/loop/runTraining';

/** Settings of a training beside data and model. */
export type FineTuning = Partial<TrainConfig> & Pick<TrainConfig, 'phases'>;

/**
 * Fine-tunes the starter on the people of a folder.
 * @param runFolder what is frozen is shared with the folders beside it
 * @returns prefix of the last checkpoint, and the seconds of the phases without frozen activations
 */
export async function fineTuneStarter(
  dataDir: string,
  settings: FineTuning,
  runFolder: string,
): Promise<{ model: string; seconds: number }> {
  const config = { ...settings, dataDir, pretrainedModel: 'starter' };
  const context = memoryContext({ signal: new AbortController().signal, onEvent: () => undefined, runFolder });
  await runTraining(trainRequestSchema.parse({ kind: 'train', config }), context);
  const { checkpoint, result } = context.record;
  const seconds = Object.values(result!.phaseSeconds as Record<string, number>);
  return { model: checkpoint!.prefix, seconds: seconds.reduce((sum, phase) => sum + phase, 0) };
}
