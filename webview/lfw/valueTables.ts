import type { LfwReport } from '../../src/protocol/lfwReport';
import { histogramOf } from './distanceChart';
import { type Column, numberTable } from '../chart/table';
import { element } from '../element';
import { integer, rate } from '../format';

/** The three charts as numbers, for screen readers and for whoever asks for them. */
export function valueTables(report: LfwReport, baseline: LfwReport | undefined, lastIndex: number): HTMLElement {
  return element(
    'section',
    { class: 'charts', 'aria-label': 'Values' },
    tableCard('Values of the ROC', `${integer(lastIndex + 1)} thresholds`, rocColumns(report, baseline, lastIndex)),
    tableCard('Values of the distances', 'pairs in each bin', distanceColumns(report)),
    tableCard('Values of the folds', 'threshold chosen on the other folds', foldColumns(report, baseline)),
  );
}

function tableCard(title: string, note: string, columns: readonly Column[]): HTMLElement {
  return element(
    'section',
    { class: 'card' },
    element('header', { class: 'card-head' }, element('h2', {}, title, element('small', {}, note))),
    numberTable(title, columns),
  );
}

function rocColumns({ roc }: LfwReport, baseline: LfwReport | undefined, lastIndex: number): Column[] {
  const column = (name: string, values: readonly number[], digits = 5): Column => ({
    name,
    cells: values.slice(0, lastIndex + 1).map((value) => rate(value, digits)),
  });
  return [
    column('Threshold', roc.thresholds, 2),
    column('FAR', roc.fpr),
    column('VAL / TPR', roc.tpr),
    column('Accuracy', roc.accuracy),
    ...(baseline === undefined
      ? []
      : [
          column('FAR before', baseline.roc.fpr),
          column('TPR before', baseline.roc.tpr),
          column('Accuracy before', baseline.roc.accuracy),
        ]),
  ];
}

function distanceColumns(report: LfwReport): Column[] {
  const { centers, width, same, different } = histogramOf(report);
  return [
    { name: 'From', cells: centers.map((center) => rate(center - width / 2, 3)) },
    { name: 'To', cells: centers.map((center) => rate(center + width / 2, 3)) },
    { name: 'Same person', cells: same.map(integer) },
    { name: 'Different people', cells: different.map(integer) },
  ];
}

function foldColumns({ accuracy }: LfwReport, baseline: LfwReport | undefined): Column[] {
  return [
    { name: 'Fold', cells: accuracy.perFold.map((_, fold) => String(fold + 1)) },
    { name: 'Threshold', cells: accuracy.thresholds.map((threshold) => rate(threshold, 2)) },
    { name: 'Accuracy', cells: accuracy.perFold.map((value) => rate(value)) },
    ...(baseline === undefined
      ? []
      : [{ name: 'Before', cells: baseline.accuracy.perFold.map((value) => rate(value)) }]),
  ];
}
