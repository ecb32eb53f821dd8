import type { Facts, JournalWriter, ToldStep } from './journal';
import { valueOf, type Measure } from './measures';
import { softmaxLines, type ScriptLines } from './scriptLines';

/** Lines of steps that take less than this are told once in this time, milliseconds. */
const lineInterval = 1000;

const beginnings: Readonly<Record<Exclude<Facts['begin']['what'], 'evaluation'>, string>> = {
  saving: 'Saving variables',
  validation: 'Running forward pass on validation set',
  statistics: 'Saving statistics',
};

/**
 * The lines that the reference prints (spec §5.8, §6.5–6.8).
 * @param measures of the loss head, in the order of the line of a step
 * @param script which of its scripts is followed where they differ
 * @param reportLines how many of the lines of an evaluation's results are printed
 */
export function textWriter(
  say: (line: string) => void,
  {
    measures = [],
    script = softmaxLines,
    reportLines,
  }: { measures?: readonly Measure[]; script?: ScriptLines; reportLines: number },
): JournalWriter {
  let lastLine = Number.NEGATIVE_INFINITY;
  const labelled = measures.filter(({ label }) => label !== undefined);
  const stepLine = (step: ToldStep, stepsPerEpoch: number, seconds: number): string =>
    [
      `Epoch: [${step.epoch - 1 + script.firstEpoch}][${step.stepInEpoch}/${stepsPerEpoch}]`,
      `Time ${seconds.toFixed(3)}`,
      `Loss ${step.loss.toFixed(3)}`,
      ...labelled.map(({ name, label, digits = 3 }) => `${label} ${valueOf(step, name).toFixed(digits)}`),
    ].join('\t');
  return {
    begin({ what }) {
      const line = what === 'evaluation' ? script.evaluationBegins : beginnings[what];
      if (line !== undefined) say(line);
    },
    round({ pairs, triplets, embeddingSeconds, selectionSeconds }) {
      say(`Running forward pass on sampled images: ${embeddingSeconds.toFixed(3)}`);
      say('Selecting suitable triplets for training');
      say(`(nrof_random_negs, nrof_triplets) = (${pairs}, ${triplets}): time=${selectionSeconds.toFixed(3)} seconds`);
    },
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
    evaluation({ report, seconds }) {
      if (script.evaluationEnds !== undefined) say(script.evaluationEnds(seconds));
      for (const line of script.results(report).slice(0, reportLines)) say(line);
    },
    saved({ seconds, metaGraphSeconds }) {
      say(`Variables saved in ${seconds.toFixed(2)} seconds`);
      if (metaGraphSeconds === undefined) return;
      say('Saving metagraph');
      say(`Metagraph saved in ${metaGraphSeconds.toFixed(2)} seconds`);
    },
  };
}
