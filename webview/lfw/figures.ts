import * as l10n from '@vscode/l10n';
import type { LfwReport } from '../../src/protocol/lfwReport';
import { element } from '../element';
import { rate, signed } from '../format';
import { arrow } from '../run/summary';

interface Measured {
  label: string;
  /** What the number means, for who does not work with it daily. */
  hint: string;
  value: number | undefined;
  std?: number;
  digits: number;
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
      digits: 5,
      detail: l10n.t('mean of {0} folds', accuracy.perFold.length),
      before: baseline?.accuracy.mean,
    },
    {
      label: l10n.t('Validation rate'),
      hint: l10n.t('Share of same-person pairs accepted when this share of different people is let through'),
      value: validation.rate,
      std: validation.std,
      digits: 5,
      detail: l10n.t('at FAR {0} (target {1})', rate(validation.far), validation.farTarget),
      before: baseline?.validation.rate,
    },
    {
      label: l10n.t('Area under curve'),
      hint: l10n.t('Chance that a same-person pair is nearer than a different pair'),
      value: auc,
      digits: 3,
      detail: l10n.t('AUC of the mean ROC'),
      before: baseline?.auc,
    },
    {
      label: l10n.t('Equal error rate'),
      hint: l10n.t('Where as many pairs are wrongly accepted as wrongly rejected'),
      value: eer,
      digits: 3,
      detail: eer === undefined ? (eerNote ?? l10n.t('not defined')) : l10n.t('EER of the mean ROC'),
      before: baseline?.eer,
      lowerIsBetter: true,
    },
  ];
  return element('section', { class: 'figures big', 'aria-label': l10n.t('Result') }, ...figures.map(figureElement));
}

function figureElement({ label, hint, value, std, digits, detail, before, lowerIsBetter }: Measured): HTMLElement {
  return element(
    'div',
    { class: 'figure', title: hint },
    element('span', { class: 'figure-label' }, label),
    element(
      'span',
      { class: 'figure-value' },
      value === undefined ? '–' : rate(value, digits),
      std !== undefined && ' ',
      std !== undefined && element('small', {}, `± ${rate(std, digits)}`),
    ),
    element('span', { class: 'figure-detail' }, detail),
    before !== undefined && value !== undefined && comparison(value, before, digits, lowerIsBetter === true),
  );
}

function comparison(value: number, before: number, digits: number, lowerIsBetter: boolean): HTMLElement {
  // Compared as shown: a difference that the digits hide is none.
  const change = Number(value.toFixed(digits)) - Number(before.toFixed(digits));
  const better = lowerIsBetter ? change < 0 : change > 0;
  const tone = change === 0 ? '' : better ? 'better' : 'worse';
  return element(
    'span',
    { class: 'figure-change' },
    element('span', { class: tone }, `${arrow(change)}${signed(change, digits)}`),
    ` ${l10n.t('before {0}', rate(before, digits))}`,
  );
}
