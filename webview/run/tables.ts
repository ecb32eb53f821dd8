import * as l10n from '@vscode/l10n';
import type { StepColumn } from '../../src/protocol/runSeries';
import { cardTitle } from '../chart/card';
import { element, fill } from '../element';
import { compact, integer, loss, memory, throughput, tidy } from '../format';
import { percent, percentSpread } from '../../src/words/rates';
import { scrollingTable } from '../chart/table';
import type { Host } from '../host';
import { linkButton } from '../ui';
import type { StepRange } from '../chart/stepAxis';
import { type RunSeries, isMeasured, lowerBound, nearestIndex } from '../../src/series/runSeries';

/** Rows of the table of values: enough to follow the course, few enough to listen to. */
const shownRows = 50;

/** The evaluations on LFW with links to their reports. */
export class EvaluationTable {
  readonly element = element('section', { class: 'card' });

  constructor(private readonly host: Host<'run'>) {}

  update({ lfw }: RunSeries): void {
    this.element.hidden = lfw.length === 0;
    const rows = [...lfw].reverse().map((evaluation) =>
      element(
        'tr',
        {},
        element('td', { class: 'number' }, integer(evaluation.step)),
        element('td', {}, evaluation.step === 0 ? l10n.t('before training') : (evaluation.phase ?? '–')),
        element('td', { class: 'number' }, percentSpread(evaluation.accuracy, evaluation.accuracyStd)),
        element('td', { class: 'number' }, `${percent(evaluation.validationRate)} @ ${percent(evaluation.far)}`),
        element('td', { class: 'number' }, evaluation.auc.toFixed(3)),
        element('td', { class: 'number' }, evaluation.eer === undefined ? '–' : percent(evaluation.eer)),
        element(
          'td',
          {},
          linkButton(l10n.t('Open report'), () => this.host.post({ type: 'openReport', report: evaluation.report })),
        ),
      ),
    );
    fill(
      this.element,
      element('header', { class: 'card-head' }, element('h2', {}, l10n.t('Evaluations on pairs'))),
      scrollingTable(
        l10n.t('Evaluations on pairs'),
        headOf(
          [l10n.t('Step'), l10n.t('Phase'), l10n.t('Accuracy'), 'VAL @ FAR', 'AUC', 'EER', l10n.t('Report')],
          [0, 2, 3, 4, 5],
        ),
        rows,
      ),
    );
  }
}

/** The curves as numbers, for screen readers and for whoever asks for them. */
export class ValueTable {
  readonly element = element('section', { class: 'card' });

  /** @param zoom visible steps, where they are not all: only these are told. */
  update(series: RunSeries, zoom: StepRange | undefined): void {
    const { steps, validation } = series;
    const columns = allColumns.filter(({ column, optional }) => optional !== true || isMeasured(series, column));
    const step = steps.column('step');
    const [first, end] =
      zoom === undefined ? [0, step.length] : [lowerBound(step, zoom[0]), lowerBound(step, zoom[1] + 1)];
    const validated = validation.column('step');
    const chosen = everyNth(end - first, shownRows).map((index) => first + index);
    const rows = chosen.map((row) => {
      const near = nearestIndex(validated, step[row]!);
      // A validation belongs to the row only when no other row is nearer to it.
      const own = near >= 0 && nearestIndex(step, validated[near]!) === row;
      const cells = [
        integer(step[row]!),
        ...columns.map(({ column, text }) => text(steps.column(column)[row]!)),
        own ? accuracyText(validation.column('accuracy')[near]!) : '–',
      ];
      return element('tr', {}, ...cells.map((cell) => element('td', { class: 'number' }, cell)));
    });
    const names = [l10n.t('Step'), ...columns.map(({ name }) => name), l10n.t('Validation')];
    const told =
      end - first > rows.length ? l10n.t('{0} of {1} steps', rows.length, integer(end - first)) : l10n.t('all steps');
    const note = zoom === undefined ? told : l10n.t('{0} in the visible range', told);
    fill(
      this.element,
      element('header', { class: 'card-head' }, cardTitle(l10n.t('Values'), note)),
      scrollingTable(
        l10n.t('Values'),
        headOf(
          names,
          names.map((_, index) => index),
        ),
        rows,
      ),
    );
  }
}

const lossText = (value: number): string => loss(Number.isNaN(value) ? null : value);
const spreadText = (value: number): string => (Number.isNaN(value) ? '–' : tidy(value));
const memoryText = (value: number): string => (Number.isNaN(value) ? '–' : memory(value));

/** `optional`: not every run measures it. */
const allColumns: readonly { column: StepColumn; name: string; text: (value: number) => string; optional?: true }[] = [
  { column: 'epoch', name: l10n.t('Epoch'), text: integer },
  { column: 'loss', name: l10n.t('Loss'), text: lossText },
  { column: 'crossEntropy', name: l10n.t('Cross-entropy'), text: lossText, optional: true },
  { column: 'tripletLoss', name: l10n.t('Triplet loss'), text: lossText, optional: true },
  { column: 'regularization', name: l10n.t('Regularisation'), text: lossText },
  { column: 'accuracy', name: l10n.t('Accuracy'), text: accuracyText, optional: true },
  { column: 'activeTriplets', name: l10n.t('Active triplets'), text: accuracyText, optional: true },
  { column: 'positiveDistance', name: l10n.t('Positives'), text: tidy, optional: true },
  { column: 'negativeDistance', name: l10n.t('Negatives'), text: tidy, optional: true },
  { column: 'spread', name: l10n.t('Spread'), text: spreadText, optional: true },
  { column: 'learningRate', name: l10n.t('Learning rate'), text: compact },
  { column: 'gradientNorm', name: l10n.t('Gradient norm'), text: compact, optional: true },
  { column: 'imagesPerSecond', name: l10n.t('Images/s'), text: throughput },
  { column: 'residentBytes', name: l10n.t('Memory'), text: memoryText },
  { column: 'tensorBytes', name: l10n.t('Tensors'), text: memoryText },
];

function accuracyText(value: number): string {
  return Number.isNaN(value) ? '–' : percent(value);
}

/** Columns with these names; `numbers` are those that hold numbers. */
function headOf(names: readonly string[], numbers: readonly number[]): HTMLElement[] {
  return names.map((name, index) =>
    element('th', { scope: 'col', class: numbers.includes(index) ? 'number' : undefined }, name),
  );
}

/** At most `limit` indices below `length`, evenly apart, the last one among them. */
function everyNth(length: number, limit: number): number[] {
  const count = Math.min(length, limit);
  return Array.from({ length: count }, (_, index) => Math.ceil(((index + 1) * length) / count) - 1);
}
