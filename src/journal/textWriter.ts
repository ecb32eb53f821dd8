import { formatReport } from '../evaluate/report';
import type { Facts, JournalWriter, ToldStep } from './journal';
import { valueOf, type Measure } from './measures';

/** Lines of steps that take less than this are told once in this time, milliseconds. */
const lineInterval = 1000;

const beginnings: Readonly<Record<Facts['begin']['what'], string>> = {
  saving: 'Saving variables',
  validation: 'Running forward pass on validation set',
  // With the reference's spelling: scripts look for it.
  evaluation: 'Runnning forward pass on LFW images',
  statistics: 'Saving statistics',
};

/**
 * The lines that the reference prints (spec §6.5–6.8).
 * @param measures of the loss head, in the order of the line of a step
 * @param reportLines how many of the lines of an evaluation are printed
 */
export function textWriter(
  say: (line: string) => void,
  { measures = [], reportLines }: { measures?: readonly Measure[]; reportLines: number },
): JournalWriter {
  let lastLine = Number.NEGATIVE_INFINITY;
  const labelled = measures.filter(({ label }) => label !== undefined);
  const stepLine = (step: ToldStep, stepsPerEpoch: number, seconds: number): string =>
    [
      `Epoch: [${step.epoch}][${step.stepInEpoch}/${stepsPerEpoch}]`,
      `Time ${seconds.toFixed(3)}`,
      `Loss ${step.loss.toFixed(3)}`,
      ...labelled.map(({ name, label, digits = 3 }) => `${label} ${valueOf(step, name).toFixed(digits)}`),
    ].join('\t');
  return {
    begin: ({ what }) => say(beginnings[what]),
    steps({ steps, phase, done, batchSize, machine }) {
      if (done < phase.steps && performance.now() - lastLine < lineInterval) return;
      lastLine = performance.now();
      say(stepLine(steps.at(-1)!, phase.stepsPerEpoch, batchSize / machine.imagesPerSecond));
    },
    validation({ epoch, seconds, loss, values }) {
      const measured = labelled.filter(({ validationTag }) => validationTag !== undefined);
      const parts = measured.map(({ name, label }) => `${label} ${values[name]!.toFixed(3)}`);
      say([`Validation Epoch: ${epoch}`, `Time ${seconds.toFixed(3)}`, `Loss ${loss.toFixed(3)}`, ...parts].join('\t'));
    },
    evaluation({ report }) {
      for (const line of formatReport(report).slice(0, reportLines)) say(line);
    },
    saved({ seconds, metaGraphSeconds }) {
      say(`Variables saved in ${seconds.toFixed(2)} seconds`);
      if (metaGraphSeconds === undefined) return;
      say('Saving metagraph');
      say(`Metagraph saved in ${metaGraphSeconds.toFixed(2)} seconds`);
    },
  };
}
