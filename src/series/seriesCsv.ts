import type { StepColumn } from '../protocol/runSeries';
import { isMeasured, tripletColumns, type RunSeries } from './runSeries';

/** Rows of one part: what is written between two breaths of the process. */
const rowsOfPart = 20_000;

const stepNames: Record<Exclude<StepColumn, 'step' | 'time'>, string> = {
  epoch: 'epoch',
  loss: 'loss',
  crossEntropy: 'cross_entropy',
  regularization: 'regularization',
  accuracy: 'accuracy',
  learningRate: 'learning_rate',
  imagesPerSecond: 'images_per_second',
  residentBytes: 'resident_bytes',
  tensorBytes: 'tensor_bytes',
  tripletLoss: 'triplet_loss',
  activeTriplets: 'active_triplets',
  positiveDistance: 'positive_distance',
  negativeDistance: 'negative_distance',
  spread: 'spread',
  gradientNorm: 'gradient_norm',
};
type NamedColumn = keyof typeof stepNames;
const allColumns = Object.keys(stepNames) as NamedColumn[];
/** Whether they are measured depends on the loss and the settings. */
const optional: readonly NamedColumn[] = ['crossEntropy', 'accuracy', ...tripletColumns, 'gradientNorm'];
const validationNames = ['validation_cross_entropy', 'validation_accuracy'];
const lfwNames = ['lfw_accuracy', 'lfw_accuracy_std', 'lfw_validation_rate', 'lfw_far', 'lfw_auc', 'lfw_eer'];

/**
 * The series as CSV (RFC 4180, CRLF), one row per step: what the step measured (seven digits), the validation and the
 * LFW evaluation after it, and in `event` where phases begin and end and checkpoints were saved. Fields that were not
 * measured are empty; a value that was not finite is `NaN`; a column that the run does not measure is left out. In parts, because a long run's file is large.
 *
 * @param range first and last step, both included; all without it.
 */
export function* seriesCsv(series: RunSeries, range?: readonly [number, number]): Generator<string> {
  const stepColumns = allColumns.filter((column) => !optional.includes(column) || isMeasured(series, column));
  const header = ['step', 'time', ...stepColumns.map((name) => stepNames[name])];
  let part = [[...header, ...validationNames, ...lfwNames, 'event'].join(',')];
  const [from, to] = range ?? [-Infinity, Infinity];
  const rare = rareValues(series);
  const rareSteps = [...rare.keys()].sort((a, b) => a - b);
  const step = series.steps.column('step');
  const time = series.steps.column('time');
  const columns = stepColumns.map((name) => series.steps.column(name));
  const unmeasured = new Array<string>(stepColumns.length + 1).fill('');
  const noRareValues = new Array<string>(validationNames.length + lfwNames.length + 1).fill('');
  for (let row = 0, at = 0; row < step.length || at < rareSteps.length;) {
    const next = Math.min(step[row] ?? Infinity, rareSteps[at] ?? Infinity);
    const measured = step[row] === next;
    const told = rareSteps[at] === next;
    if (next >= from && next <= to) {
      const values = measured
        ? [
            new Date(time[row]!).toISOString(),
            ...columns.map((column, index) => digits(column[row]!, stepColumns[index]!)),
          ]
        : unmeasured;
      part.push([next, ...values, ...(told ? rare.get(next)! : noRareValues)].join(','));
    }
    if (measured) row++;
    if (told) at++;
    if (part.length >= rowsOfPart) {
      yield `${part.join('\r\n')}\r\n`;
      part = [];
    }
  }
  if (part.length > 0) yield `${part.join('\r\n')}\r\n`;
}

function digits(value: number, column: NamedColumn): string {
  if (!Number.isNaN(value)) return String(Number(value.toPrecision(7)));
  // Memory is not measured by older versions; everything else was measured and not finite.
  return column === 'residentBytes' || column === 'tensorBytes' ? '' : 'NaN';
}

/** The fields after those of the steps, by step. */
function rareValues({ validation, lfw, phases, checkpoints }: RunSeries): Map<number, string[]> {
  const fields = validationNames.length + lfwNames.length + 1;
  const rows = new Map<number, string[]>();
  const at = (step: number): string[] => {
    const known = rows.get(step) ?? new Array<string>(fields).fill('');
    rows.set(step, known);
    return known;
  };
  const steps = validation.column('step');
  const validated = [validation.column('crossEntropy'), validation.column('accuracy')];
  steps.forEach((step, row) => at(step).splice(0, 2, ...validated.map((column) => digits(column[row]!, 'accuracy'))));
  for (const { step, accuracy, accuracyStd, validationRate, far, auc, eer } of lfw) {
    const values = [accuracy, accuracyStd, validationRate, far, auc, eer];
    at(step).splice(validationNames.length, values.length, ...values.map((value) => value?.toString() ?? ''));
  }
  const events = new Map<number, string[]>();
  const say = (step: number, text: string): void => {
    events.set(step, [...(events.get(step) ?? []), text]);
  };
  for (const { name, start, end } of phases) {
    say(start, `phase ${name} begins`);
    if (end !== undefined) say(end, `phase ${name} ends`);
  }
  for (const { step, prefix, best } of checkpoints) say(step, `checkpoint ${prefix}${best ? ' (best)' : ''}`);
  for (const [step, texts] of events) at(step)[fields - 1] = quoted(texts.join('; '));
  return rows;
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
