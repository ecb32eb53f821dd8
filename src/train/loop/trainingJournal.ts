import { join } from 'node:path';
import { clearStrayFiles } from '../../files/strayFiles';
import { openSummaryLog } from '../../files/tensorboard';
import { eventWriter } from '../../journal/eventWriter';
import { Journal } from '../../journal/journal';
import { gradientNormMeasure } from '../../journal/measures';
import { softmaxLines, tripletLines } from '../../journal/scriptLines';
import { Statistics, statisticsWriter } from '../../journal/statistics';
import { tensorboardWriter } from '../../journal/tensorboardWriter';
import { textWriter } from '../../journal/textWriter';
import { describeError } from '../../protocol/errors';
import type { JobContext } from '../../protocol/jobContext';
import type { TrainingPlan } from '../plan/trainingPlan';

/** Lines that the reference prints after an LFW evaluation while it trains. */
const reportLines = 2;

/**
 * The journal of a training, into its run folder and into `logs`. With a step it goes on with what an earlier part of
 * the run has written up to there; what of that is damaged is told and begins again.
 */
export async function openTrainingJournal(
  { config, head, stepsPerEpoch }: TrainingPlan,
  logs: string,
  step: number,
  context: JobContext,
): Promise<Journal> {
  const measures = config.clipGradientNorm > 0 ? [...head.measures, gradientNormMeasure] : head.measures;
  const say = (message: string, level: 'info' | 'warning' = 'info'): void =>
    context.report({ type: 'log', level, message });
  const epochs = config.phases.reduce((sum, phase) => sum + phase.epochs, 0);
  await clearStrayFiles(logs);
  const statistics = new Statistics(join(logs, 'stat.h5'), { ...config, epochs, stepsPerEpoch, measures });
  if (step > 0) {
    await statistics
      .restore(step)
      .catch((error: unknown) => say(`stat.h5 begins at step ${step}: ${describeError(error)}`, 'warning'));
  }
  return new Journal([
    eventWriter((event) => context.report(event)),
    tensorboardWriter(await openSummaryLog(logs), measures, context.signal),
    statisticsWriter(statistics, join(logs, 'lfw_result.txt'), context.signal),
    textWriter((message) => context.report({ type: 'log', level: 'info', message, script: true }), {
      measures,
      script: head.triplets === undefined ? softmaxLines : tripletLines,
      reportLines,
    }),
  ]);
}
