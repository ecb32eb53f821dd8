import * as l10n from '@vscode/l10n';
import { isOnLfw, shownModel } from '../../src/evaluate/reportNames';
import type { LfwReport } from '../../src/protocol/lfwReport';
import type { HydrateLfw, ToLfwPage } from '../../src/protocol/webview';
import { element, setText } from '../element';
import { dateTime, integer } from '../format';
import { percent } from '../../src/words/rates';
import type { Host } from '../host';
import { pageHead } from '../pageHead';
import type { Page } from '../showPage';
import { coalesce } from '../redraw';
import { button, checkbox, slider } from '../ui';
import { VerdictCard } from '../verdict';
import { claimsCard } from './claims';
import { DistanceChart } from './distanceChart';
import { reportFigures } from './figures';
import { FoldChart } from './foldChart';
import { noticesCard, reportRecipe } from './recipe';
import { RocChart } from './rocChart';
import {
  chosenThreshold,
  lastUsefulIndex,
  operatingPoint,
  pointAt,
  recipeDifferences,
  wrongPairs,
} from '../../src/evaluate/operatingPoint';
import { valueTables } from './valueTables';
import { type GroupPages, pairGroups } from './pairGroups';
import { PairList } from './pairList';
import { PairView } from './pairView';

interface LfwView extends GroupPages {
  /** Chosen by the user; undefined: the one that the folds chose. */
  threshold?: number;
  logFar: boolean;
  tables: boolean;
  /** Pages of the lists of wrong pairs, from 0. */
  rejectsPage: number;
  acceptsPage: number;
}

/** The LFW tab: one report, against what it was before where that is known. */
export function lfwPage(root: HTMLElement, host: Host<'lfw'>): Page<'lfw'> {
  let shown: ShownReport | undefined;
  return {
    receive(message: ToLfwPage) {
      if (message.type === 'photographs') {
        shown?.pair.showPhotographs(message.a, message.b, message.addresses);
        return;
      }
      shown?.dispose();
      shown = showReport(root, host, message);
    },
    dispose() {
      shown?.dispose();
    },
  };
}

interface ShownReport {
  pair: PairView;
  dispose(): void;
}

function showReport(
  root: HTMLElement,
  host: Host<'lfw'>,
  { report, baseline, verdict, title, imageBase, missing, lost }: HydrateLfw,
): ShownReport {
  const view: LfwView = {
    ...{ logFar: true, tables: false, rejectsPage: 0, acceptsPage: 0 },
    ...{ fixedPage: 0, brokenPage: 0, stillWrongPage: 0 },
    ...host.saved<Partial<LfwView>>('lfw'),
  };
  const chosen = chosenThreshold(report);
  const lastIndex = lastUsefulIndex(report);
  let point = operatingPoint(report, view.threshold ?? chosen);

  const moveTo = (index: number): void => {
    point = pointAt(report, Math.min(lastIndex, index));
    view.threshold = point.threshold;
    host.save('lfw', view);
    showPoint();
  };
  const roc = new RocChart({ report, baseline, logarithmic: view.logFar, lastIndex, onMove: moveTo });
  const distances = new DistanceChart(report, (threshold) => moveTo(operatingPoint(report, threshold).index));
  const folds = new FoldChart(report, baseline);
  const pair = new PairView(host, imageBase);
  const listOf = (title: string, explanation: string, pageName: 'rejectsPage' | 'acceptsPage'): PairList =>
    new PairList({
      ...{ title, explanation, imageBase },
      page: view[pageName],
      onPage: (page) => {
        view[pageName] = page;
        host.save('lfw', view);
      },
      none: () => l10n.t('None at threshold {0}.', point.threshold.toFixed(2)),
      onOpen: (listed) => pair.open(listed),
    });
  const rejected = listOf(l10n.t('False rejects'), l10n.t('one person, judged to be two'), 'rejectsPage');
  const accepted = listOf(l10n.t('False accepts'), l10n.t('two people, judged to be one'), 'acceptsPage');

  const tables = element('div', {});
  const showTables = (shown: boolean): void => {
    tables.hidden = !shown;
    if (shown && tables.childElementCount === 0) tables.append(valueTables(report, baseline, lastIndex));
  };
  showTables(view.tables);

  const threshold = slider({
    label: l10n.t('Threshold'),
    min: 0,
    max: lastIndex,
    step: 1,
    value: point.index,
    text: (index) => pointAt(report, index).threshold.toFixed(2),
    onInput: moveTo,
  });
  const readout = (name: string): { element: HTMLElement; value: HTMLElement } => {
    const value = element('span', { class: 'readout-value' });
    return {
      element: element('div', { class: 'readout' }, element('span', { class: 'readout-label' }, name), value),
      value,
    };
  };
  const accuracy = readout(l10n.t('Accuracy'));
  const tpr = readout('VAL / TPR');
  const far = readout('FAR');
  const wrong = readout(l10n.t('Wrong pairs'));
  const thresholdBar = element(
    'section',
    { class: 'threshold card', 'aria-label': l10n.t('Threshold') },
    threshold.element,
    element('div', { class: 'readouts' }, accuracy.element, tpr.element, far.element, wrong.element),
    element(
      'div',
      { class: 'threshold-actions' },
      button({
        label: l10n.t('Back to {0}', chosen.toFixed(2)),
        title: l10n.t('The mean of the thresholds that the folds chose'),
        onClick: () => moveTo(operatingPoint(report, chosen).index),
      }),
      checkbox(l10n.t('Logarithmic FAR'), view.logFar, (logFar) => {
        view.logFar = logFar;
        host.save('lfw', view);
        roc.setLogarithmic(logFar);
      }),
      checkbox(l10n.t('Values as tables'), view.tables, (shown) => {
        view.tables = shown;
        host.save('lfw', view);
        showTables(shown);
      }),
    ),
  );

  // The lists are the slow part; a dragged threshold rebuilds them a few times a second at most.
  const lists = coalesce(() => {
    const { falseRejects, falseAccepts } = wrongPairs(report.distances, point.threshold);
    rejected.set(falseRejects.map((wrongPair) => ({ pair: wrongPair })));
    accepted.set(falseAccepts.map((wrongPair) => ({ pair: wrongPair })));
  }, 150);
  const showPoint = (): void => {
    threshold.set(point.index);
    setText(accuracy.value, percent(point.accuracy));
    setText(tpr.value, percent(point.tpr));
    setText(far.value, percent(point.far));
    const count = countWrong(report, point.threshold);
    setText(wrong.value, l10n.t('{0} of {1}', integer(count), integer(report.pairs.used)));
    roc.setPoint(point);
    distances.setThreshold(point.threshold);
    lists.request();
  };

  const differences = baseline === undefined ? [] : recipeDifferences(report.recipe, baseline.recipe);
  const warnings = [
    ...[missing, lost].filter((sentence) => sentence !== undefined),
    ...(differences.length === 0
      ? []
      : [
          l10n.t(
            'The numbers before were measured with another recipe ({0}); they cannot be compared.',
            differences.join(', '),
          ),
        ]),
  ];
  const notices = noticesCard(report, warnings);
  const claims = claimsCard(report);
  const verdictCard = new VerdictCard((step) => host.post({ type: 'takeStep', step }));
  if (verdict !== undefined) verdictCard.show({ verdict });
  const groups =
    baseline === undefined
      ? undefined
      : pairGroups(report, baseline, {
          ...{ imageBase, pages: view },
          onPage: () => host.save('lfw', view),
          onOpen: (listed) => pair.open(listed),
        });
  root.replaceChildren(
    headOf(report, baseline, title, host, () => point.threshold),
    verdictCard.element,
    reportFigures(report, baseline),
    ...(warnings.length > 0 && notices !== undefined ? [notices] : []),
    thresholdBar,
    element('section', { class: 'charts', 'aria-label': l10n.t('Charts') }, roc.element, distances.element),
    tables,
    ...(claims === undefined ? [] : [claims]),
    ...(groups === undefined ? [] : [groups]),
    rejected.element,
    accepted.element,
    element(
      'section',
      { class: 'charts details', 'aria-label': l10n.t('Details') },
      folds.element,
      reportRecipe(report),
    ),
    ...(warnings.length === 0 && notices !== undefined ? [notices] : []),
    pair.element,
  );
  showPoint();
  lists.now();

  return {
    pair,
    dispose() {
      lists.cancel();
      for (const chart of [roc, distances, folds]) chart.dispose();
    },
  };
}

function headOf(
  report: LfwReport,
  baseline: LfwReport | undefined,
  title: string,
  host: Host<'lfw'>,
  threshold: () => number,
): HTMLElement {
  const { pairs, recipe, createdAt } = report;
  const parts = [l10n.t('{0} pairs in {1} folds', integer(pairs.used), recipe.folds), dateTime(createdAt)];
  if (baseline !== undefined) {
    const { step } = baseline.model;
    const name = shownModel(baseline.model);
    const sameModel = name === shownModel(report.model) && step !== undefined;
    const words = [...(sameModel ? [] : [name]), ...(step === undefined ? [] : [l10n.t('step {0}', integer(step))])];
    parts.push(l10n.t('compared with {0}', words.join(', ')));
  }
  const actions = [
    button({
      label: l10n.t('Compare With…'),
      title: l10n.t('Choose the report that "before" means'),
      onClick: () => host.post({ type: 'chooseBaseline' }),
    }),
    ...(['html', 'json'] as const).map((format) =>
      button({
        label: l10n.t('Export {0}…', format.toUpperCase()),
        title:
          format === 'html'
            ? l10n.t('One file with charts and the wrong pairs at this threshold')
            : l10n.t('All numbers'),
        onClick: () => host.post({ type: 'exportReport', format, threshold: threshold() }),
      }),
    ),
    button({ label: l10n.t('Reveal Folder'), onClick: () => host.post({ type: 'revealFolder' }) }),
  ];
  return pageHead(
    element('h1', {}, isOnLfw(report) ? l10n.t('LFW: {0}', title) : l10n.t('Pairs: {0}', title)),
    actions,
    element('div', { class: 'activity-line' }, element('span', { class: 'activity' }, parts.join(' · '))),
  );
}

function countWrong({ distances }: LfwReport, threshold: number): number {
  return distances.reduce((count, { same, distance }) => count + (same === distance < threshold ? 0 : 1), 0);
}
