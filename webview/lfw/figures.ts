import * as l10n from '@vscode/l10n';
import type { LfwReport } from '../../src/protocol/lfwReport';
import { element } from '../element';
import { percent, points, signedPoints } from '../../src/words/rates';
import { arrow } from '../run/summary';

interface Scale {
  text: (value: number) => string;
  /** With its sign. */
  change: (difference: number) => string;
}

const rate: Scale = { text: percent, change: (difference) => l10n.t('{0} points', signedPoints(difference)) };

/** An area is no share of anything: it stays a fraction, as the literature has it. */
const area: Scale = {
  text: (value) => value.toFixed(3),
  change: (difference) => `${difference < 0 ? '−' : '+'}${Math.abs(difference).toFixed(3)}`,
};

interface Measured {
  label: string;
  /** What the number means, for who does not work with it daily. */
  hint: string;
  value: number | undefined;
  std?: number;
  /** As it is shown, and its change. */
  scale: Scale;
  detail: string;
  before: number | undefined;
  /** An error rate gets better when it falls. */
  lowerIsBetter?: boolean;
}

/** The four numbers of the reference's closing lines, with what they were before. */
export function reportFigures(report: LfwReport, baseline: LfwReport | undefined): HTMLElement {
  const { accuracy, validation, auc, eer, eerNote } = report;
  const figures: Measured[] = [
    {
      label: l10n.t('Accuracy'),
      hint: l10n.t('Share of pairs judged rightly, each fold at the threshold that suits the other folds best'),
      value: accuracy.mean,
      std: accuracy.std,
      scale: rate,
      detail: l10n.t('mean of {0} folds', accuracy.perFold.length),
      before: baseline?.accuracy.mean,
    },
    {
      label: l10n.t('Validation rate'),
      hint: l10n.t('Share of same-person pairs accepted when this share of different people is let through'),
      value: validation.rate,
      std: validation.std,
      scale: rate,
      detail: l10n.t('at FAR {0} (target {1})', percent(validation.far), percent(validation.farTarget)),
      before: baseline?.validation.rate,
    },
    {
      label: l10n.t('Area under curve'),
      hint: l10n.t('Chance that a same-person pair is nearer than a different pair'),
      value: auc,
      scale: area,
      detail: l10n.t('AUC of the mean ROC'),
      before: baseline?.auc,
    },
    {
      label: l10n.t('Equal error rate'),
      hint: l10n.t('Where as many pairs are wrongly accepted as wrongly rejected'),
      value: eer,
      scale: rate,
      detail: eer === undefined ? (eerNote ?? l10n.t('not defined')) : l10n.t('EER of the mean ROC'),
      before: baseline?.eer,
      lowerIsBetter: true,
    },
  ];
  return element('section', { class: 'figures big', 'aria-label': l10n.t('Result') }, ...figures.map(figureElement));
}

function figureElement({ label, hint, value, std, scale, detail, before, lowerIsBetter }: Measured): HTMLElement {
  return element(
    'div',
    { class: 'figure', title: value === undefined ? hint : `${hint} (${exactly(value, std)})` },
    element('span', { class: 'figure-label' }, label),
    element(
      'span',
      { class: 'figure-value' },
      value === undefined ? '–' : scale.text(value),
      std !== undefined && ' ',
      std !== undefined && element('small', {}, `± ${points(std)}`),
    ),
    element('span', { class: 'figure-detail' }, detail),
    before !== undefined && value !== undefined && comparison(value, before, scale, lowerIsBetter === true),
  );
}

/** As the reference's scripts print it, for who compares with their output. */
function exactly(value: number, std: number | undefined): string {
  const digits = value.toFixed(5);
  return l10n.t('the Python scripts print {0}', std === undefined ? digits : `${digits}+-${std.toFixed(5)}`);
}

function comparison(value: number, before: number, { text, change }: Scale, lowerIsBetter: boolean): HTMLElement {
  // A difference that the digits hide is none.
  const isSame = text(value) === text(before);
  const difference = isSame ? 0 : value - before;
  const better = lowerIsBetter ? difference < 0 : difference > 0;
  const tone = isSame ? '' : better ? 'better' : 'worse';
  return element(
    'span',
    { class: 'figure-change' },
    element('span', { class: tone }, isSame ? '±0' : `${arrow(difference)}${change(difference)}`),
    ' ',
    element('span', { class: 'figure-before' }, l10n.t('before {0}', text(before))),
  );
}
