import * as l10n from '@vscode/l10n';
import type { LfwReport } from '../../src/protocol/lfwReport';
import { histogramOf } from './distanceChart';
import { cardTitle } from '../chart/card';
import { type Column, numberTable } from '../chart/table';
import { element } from '../element';
import { integer } from '../format';
import { percent } from '../../src/words/rates';

/** The three charts as numbers, for screen readers and for whoever asks for them. */
export function valueTables(report: LfwReport, baseline: LfwReport | undefined, lastIndex: number): HTMLElement {
  return element(
    'section',
    { class: 'charts', 'aria-label': l10n.t('Values') },
    tableCard(
      l10n.t('Values of the ROC'),
      l10n.t('{0} thresholds', integer(lastIndex + 1)),
      rocColumns(report, baseline, lastIndex),
    ),
    tableCard(l10n.t('Values of the distances'), l10n.t('pairs in each bin'), distanceColumns(report)),
    tableCard(
      l10n.t('Values of the folds'),
      l10n.t('threshold chosen on the other folds'),
      foldColumns(report, baseline),
    ),
  );
}

function tableCard(title: string, note: string, columns: readonly Column[]): HTMLElement {
  return element(
    'section',
    { class: 'card' },
    element('header', { class: 'card-head' }, cardTitle(title, note)),
    numberTable(title, columns),
  );
}

function rocColumns({ roc }: LfwReport, baseline: LfwReport | undefined, lastIndex: number): Column[] {
  const column = (name: string, values: readonly number[], text = percent): Column => ({
    name,
    cells: values.slice(0, lastIndex + 1).map((value) => text(value)),
  });
  return [
    column(l10n.t('Threshold'), roc.thresholds, (threshold) => threshold.toFixed(2)),
    column('FAR', roc.fpr),
    column('VAL / TPR', roc.tpr),
    column(l10n.t('Accuracy'), roc.accuracy),
    ...(baseline === undefined
      ? []
      : [
          column(l10n.t('FAR before'), baseline.roc.fpr),
          column(l10n.t('TPR before'), baseline.roc.tpr),
          column(l10n.t('Accuracy before'), baseline.roc.accuracy),
        ]),
  ];
}

function distanceColumns(report: LfwReport): Column[] {
  const { centers, width, same, different } = histogramOf(report);
  return [
    { name: l10n.t('From'), cells: centers.map((center) => (center - width / 2).toFixed(3)) },
    { name: l10n.t('To'), cells: centers.map((center) => (center + width / 2).toFixed(3)) },
    { name: l10n.t('Same person'), cells: same.map(integer) },
    { name: l10n.t('Different people'), cells: different.map(integer) },
  ];
}

function foldColumns({ accuracy }: LfwReport, baseline: LfwReport | undefined): Column[] {
  return [
    { name: l10n.t('Fold'), cells: accuracy.perFold.map((_, fold) => String(fold + 1)) },
    { name: l10n.t('Threshold'), cells: accuracy.thresholds.map((threshold) => threshold.toFixed(2)) },
    { name: l10n.t('Accuracy'), cells: accuracy.perFold.map(percent) },
    ...(baseline === undefined ? [] : [{ name: l10n.t('Before'), cells: baseline.accuracy.perFold.map(percent) }]),
  ];
}
