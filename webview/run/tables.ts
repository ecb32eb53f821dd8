import { element, fill } from '../element';
import { integer, loss, rate, compact } from '../format';
import type { Host } from '../host';
import { linkButton } from '../ui';
import { type RunSeries, nearestIndex } from './series';

/** Rows of the table of values: enough to follow the course, few enough to listen to. */
const shownRows = 50;

/** The evaluations on LFW with links to their reports. */
export class EvaluationTable {
  readonly element = element('section', { class: 'card' });

  constructor(private readonly host: Host) {}

  update({ lfw }: RunSeries): void {
    this.element.hidden = lfw.length === 0;
    const rows = [...lfw].reverse().map((evaluation) =>
      element(
        'tr',
        {},
        element('td', { class: 'number' }, integer(evaluation.step)),
        element('td', {}, evaluation.step === 0 ? 'before training' : (evaluation.phase ?? '–')),
        element('td', { class: 'number' }, `${rate(evaluation.accuracy)} ± ${rate(evaluation.accuracyStd)}`),
        element('td', { class: 'number' }, `${rate(evaluation.validationRate)} @ ${rate(evaluation.far)}`),
        element('td', { class: 'number' }, rate(evaluation.auc, 3)),
        element('td', { class: 'number' }, evaluation.eer === undefined ? '–' : rate(evaluation.eer, 3)),
        element(
          'td',
          {},
          linkButton('Open report', () => this.host.post({ type: 'openReport', report: evaluation.report })),
        ),
      ),
    );
    fill(
      this.element,
      element('header', { class: 'card-head' }, element('h2', {}, 'LFW evaluations')),
      tableOf(['Step', 'Phase', 'Accuracy', 'VAL @ FAR', 'AUC', 'EER', 'Report'], [0, 2, 3, 4, 5], rows),
    );
  }
}

/** The curves as numbers, for screen readers and for whoever asks for them. */
export class ValueTable {
  readonly element = element('section', { class: 'card' });

  update({ steps, validation }: RunSeries): void {
    const rows = everyNth(steps.step.length, shownRows).map((row) => {
      const step = steps.step[row]!;
      const near = nearestIndex(validation.step, step);
      // A validation belongs to the row only when no other row is nearer to it.
      const validated =
        near >= 0 && nearestIndex(steps.step, validation.step[near]!) === row ? validation.accuracy[near] : null;
      return element(
        'tr',
        {},
        element('td', { class: 'number' }, integer(step)),
        element('td', { class: 'number' }, integer(steps.epoch[row]!)),
        element('td', { class: 'number' }, loss(steps.loss[row])),
        element('td', { class: 'number' }, loss(steps.crossEntropy[row])),
        element('td', { class: 'number' }, loss(steps.regularization[row])),
        element('td', { class: 'number' }, accuracyText(steps.accuracy[row])),
        element('td', { class: 'number' }, accuracyText(validated)),
        element('td', { class: 'number' }, compact(steps.learningRate[row]!)),
      );
    });
    const names = [
      'Step',
      'Epoch',
      'Loss',
      'Cross-entropy',
      'Regularisation',
      'Accuracy',
      'Validation',
      'Learning rate',
    ];
    const note =
      steps.step.length > rows.length ? `${rows.length} of ${integer(steps.step.length)} steps` : 'all steps';
    fill(
      this.element,
      element('header', { class: 'card-head' }, element('h2', {}, 'Values', element('small', {}, note))),
      tableOf(
        names,
        names.map((_, index) => index),
        rows,
      ),
    );
  }
}

function accuracyText(value: number | null | undefined): string {
  return value === null || value === undefined ? '–' : rate(value, 3);
}

function tableOf(names: readonly string[], numbers: readonly number[], rows: HTMLElement[]): HTMLElement {
  const head = names.map((name, index) =>
    element('th', { scope: 'col', class: numbers.includes(index) ? 'number' : undefined }, name),
  );
  return element(
    'div',
    { class: 'table-scroll', tabindex: 0 },
    element('table', {}, element('thead', {}, element('tr', {}, ...head)), element('tbody', {}, ...rows)),
  );
}

/** At most `limit` indices below `length`, evenly apart, the last one among them. */
export function everyNth(length: number, limit: number): number[] {
  const count = Math.min(length, limit);
  return Array.from({ length: count }, (_, index) => Math.ceil(((index + 1) * length) / count) - 1);
}
