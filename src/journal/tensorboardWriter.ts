import { dirname } from 'node:path';
import { patiently } from '../files/patience';
import type { SummaryLog } from '../files/tensorboard';
import type { JournalWriter } from './journal';
import { valueOf, type Measure } from './measures';

/** Decay of the reference's moving averages (spec §6.4), which start at 0. */
const averageDecay = 0.9;
/** Steps of an epoch from one summary to the next, from its first step on (spec §6.5). */
const summaryInterval = 100;

/** Whether TensorBoard is told of this step of an epoch (from 1 on). */
export function isSummarized(stepInEpoch: number): boolean {
  return (stepInEpoch - 1) % summaryInterval === 0;
}

/**
 * The reference's tags (spec §6.10). Averages are those from before the step.
 * @param measures of the loss head
 * @param signal aborted to wait only for a moment for a disk that is away
 */
export function tensorboardWriter(
  summaries: SummaryLog,
  measures: readonly Measure[],
  signal?: AbortSignal,
): JournalWriter {
  const averages = new Map([
    ['total_loss_1', 0],
    ...measures.flatMap(({ averageTag }) => (averageTag === undefined ? [] : [[averageTag, 0] as const])),
  ]);
  const follow = (tag: string, value: number): void => {
    averages.set(tag, averageDecay * averages.get(tag)! + (1 - averageDecay) * value);
  };
  return {
    graph: ({ bytes }) => summaries.metaGraph(bytes),
    steps({ steps }) {
      for (const step of steps) {
        const values = Object.fromEntries(
          measures.flatMap(({ name, tag }) => (tag === undefined ? [] : [[tag, valueOf(step, name)]])),
        );
        if (isSummarized(step.stepInEpoch))
          summaries.scalars(step.step, { ...values, total_loss__raw_: step.loss, ...Object.fromEntries(averages) });
        follow('total_loss_1', step.loss);
        for (const { name, averageTag } of measures)
          if (averageTag !== undefined) follow(averageTag, valueOf(step, name));
      }
    },
    round: ({ step, selectionSeconds }) => summaries.scalars(step, { 'time/selection': selectionSeconds }),
    histograms: ({ step, values }) => summaries.histograms(step, values),
    epoch: ({ step, seconds }) => summaries.scalars(step, { 'time/total': seconds }),
    validation({ step, loss, values }) {
      const measured = measures.flatMap(({ name, validationTag }) =>
        validationTag === undefined ? [] : [[validationTag, values[name]!] as const],
      );
      summaries.scalars(step, { 'validation/loss': loss, ...Object.fromEntries(measured) });
    },
    evaluation: ({ step, report: { accuracy, validation }, seconds }) =>
      summaries.scalars(step, {
        'lfw/accuracy': accuracy.mean,
        'lfw/val_rate': validation.rate,
        'time/lfw': seconds,
      }),
    // The reference tells these at the number of the epoch.
    saved({ epoch, seconds, metaGraphSeconds }) {
      summaries.scalars(epoch, { 'time/save_variables': seconds });
      if (metaGraphSeconds !== undefined) summaries.scalars(epoch, { 'time/save_metagraph': metaGraphSeconds });
    },
    selfCheck({ step, check: { figures } }) {
      if (figures === undefined) return;
      summaries.scalars(step, {
        'self_check/mirrored': figures.mirrored.mean,
        'self_check/recompressed': figures.recompressed.mean,
        'self_check/people': figures.people.mean,
        'self_check/beyond_threshold': figures.people.beyond,
        'self_check/dimensions': figures.dimensions,
      });
    },
    flush: async () => patiently(dirname(summaries.path), async () => summaries.write(), signal),
    close: () => summaries.close(),
  };
}
