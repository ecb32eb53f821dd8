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
      label: 'Accuracy',
      hint: 'Share of pairs judged rightly, each fold at the threshold that suits the other folds best',
      value: accuracy.mean,
      std: accuracy.std,
      digits: 5,
      detail: `mean of ${accuracy.perFold.length} folds`,
      before: baseline?.accuracy.mean,
    },
    {
      label: 'Validation rate',
      hint: 'Share of same-person pairs accepted when this share of different people is let through',
      value: validation.rate,
      std: validation.std,
      digits: 5,
      detail: `at FAR ${rate(validation.far)} (target ${validation.farTarget})`,
      before: baseline?.validation.rate,
    },
    {
      label: 'Area under curve',
      hint: 'Chance that a same-person pair is nearer than a different pair',
      value: auc,
      digits: 3,
      detail: 'AUC of the mean ROC',
      before: baseline?.auc,
    },
    {
      label: 'Equal error rate',
      hint: 'Where as many pairs are wrongly accepted as wrongly rejected',
      value: eer,
      digits: 3,
      detail: eer === undefined ? (eerNote ?? 'not defined') : 'EER of the mean ROC',
      before: baseline?.eer,
      lowerIsBetter: true,
    },
  ];
  return element('section', { class: 'figures big', 'aria-label': 'Result' }, ...figures.map(figureElement));
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
    ` before ${rate(before, digits)}`,
  );
}
