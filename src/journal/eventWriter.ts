import { trainingActivity } from '../protocol/activities';
import type { JobContext } from '../protocol/jobContext';
import { selfCheckProblem } from '../words/selfCheckWords';
import type { Facts, JournalWriter } from './journal';

/** Steps told per reading; a fast phase makes hundreds. */
const toldPerReading = 8;

/** Tells the run's own log, metrics.jsonl, and whoever is attached. */
export function eventWriter(report: JobContext['report']): JournalWriter {
  return {
    note: ({ level, message }) => report({ type: 'log', level, message }),
    phase: (fact) => report({ type: 'phase', ...fact }),
    round: (fact) => report({ type: 'round', ...fact }),
    steps(fact) {
      for (const index of evenly(fact.steps.length, toldPerReading)) reportStep(report, fact, index);
      reportProgress(report, fact);
    },
    validation({ step, epoch, loss, values, people }) {
      const { crossEntropy = NaN, accuracy = NaN } = values;
      const file = people === undefined ? {} : { people: people.replaceAll('\\', '/') };
      report({ type: 'validation', step, epoch, loss, crossEntropy, accuracy, ...file });
    },
    evaluation({ step, phase, report: { accuracy, validation, auc, eer }, file }) {
      report({
        type: 'lfw',
        step,
        ...(phase !== undefined && { phase }),
        accuracy: accuracy.mean,
        accuracyStd: accuracy.std,
        validationRate: validation.rate,
        far: validation.far,
        auc,
        ...(eer !== undefined && { eer }),
        report: file.replaceAll('\\', '/'),
      });
    },
    checkpoint: (fact) => report({ type: 'checkpoint', ...fact }),
    alarm: (fact) => report({ type: 'alarm', ...fact }),
    // A sound model is told by the run's record.
    selfCheck({ step, check }) {
      const message = selfCheckProblem(check);
      if (message !== undefined) report({ type: 'alarm', what: 'collapsed', step, message });
    },
    recovery: (fact) => report({ type: 'recovery', ...fact }),
  };
}

function reportStep(report: JobContext['report'], { steps, phase, machine }: Facts['steps'], index: number): void {
  const { step, epoch, loss, learningRate, values } = steps[index]!;
  const { crossEntropy = NaN, regularization = NaN, accuracy = NaN, ...measures } = values;
  report({
    ...{ type: 'step', step, epoch, phase: phase.name },
    ...{ loss, crossEntropy, regularization, accuracy, learningRate },
    ...(Object.keys(measures).length > 0 && { measures }),
    ...machine,
  });
}

function reportProgress(report: JobContext['report'], { phase, done, batchSize, machine }: Facts['steps']): void {
  const perSecond = machine.imagesPerSecond;
  report({
    type: 'progress',
    activity: trainingActivity(phase.name),
    done: done * batchSize,
    total: phase.steps * batchSize,
    unit: 'images',
    perSecond,
    etaSeconds: ((phase.steps - done) * batchSize) / perSecond,
  });
}

/** Up to `count` of the indices 0 … length − 1, evenly spread, the last always among them. */
function evenly(length: number, count: number): number[] {
  const chosen = Math.min(length, count);
  return Array.from({ length: chosen }, (_, i) => Math.floor(((i + 1) * length) / chosen) - 1);
}
