import type { RunRecord } from '../../src/protocol/run';
import type { ToPage } from '../../src/protocol/webview';
import { element } from '../element';
import { loss, compact, tidy } from '../format';
import type { Host } from '../host';
import type { Page } from '../page';
import { coalesce } from '../redraw';
import { checkbox, slider } from '../ui';
import { RunHeader, isActive } from './header';
import { LfwChart, rangeAround } from './lfwChart';
import { MessageList } from './messages';
import { type RunSeries, appendEvents, emptySeries, seriesOf } from './series';
import { StepChart } from './stepChart';
import { RunSummary } from './summary';
import { EvaluationTable, ValueTable } from './tables';

interface RunView {
  /** Weight of the moving average, 0 … 0.98. */
  smoothing: number;
  logLoss: boolean;
  table: boolean;
}

const line = { smoothed: true, points: false } as const;

/** The Run tab: header, figures, charts over the steps, evaluations, messages. */
export function runPage(root: HTMLElement, host: Host): Page {
  const view: RunView = { smoothing: 0.6, logLoss: false, table: false, ...host.saved<Partial<RunView>>('run') };
  let run: RunRecord | undefined;
  let series: RunSeries = emptySeries();

  const header = new RunHeader(host);
  const summary = new RunSummary();
  const messages = new MessageList();
  const evaluations = new EvaluationTable(host);
  const values = new ValueTable();
  const waiting = element('p', { class: 'waiting' }, 'The charts begin with the first training step.');
  waiting.hidden = true;
  const hover = (step: number | undefined): void => {
    for (const chart of charts) chart.showValues(step);
  };
  const lossChart = new StepChart({
    title: 'Loss',
    unit: 'nats',
    lines: [
      { name: 'total', color: 'blue', pattern: 'solid', ...line },
      { name: 'cross-entropy', color: 'orange', pattern: 'dashed', ...line },
      { name: 'regularisation', color: 'purple', pattern: 'dotted', ...line },
    ],
    logarithmic: view.logLoss,
    range: (_, greatest) => [0, greatest * 1.05 || 1],
    format: loss,
    onHover: hover,
  });
  const accuracyChart = new StepChart({
    title: 'Accuracy',
    unit: 'fraction of images',
    lines: [
      { name: 'training', color: 'blue', pattern: 'solid', ...line },
      { name: 'validation', color: 'orange', pattern: 'solid', smoothed: false, points: true },
    ],
    logarithmic: false,
    range: rangeAround,
    format: tidy,
    onHover: hover,
  });
  const rateChart = new StepChart({
    title: 'Learning rate',
    unit: 'log scale',
    lines: [{ name: 'rate', color: 'purple', pattern: 'solid', smoothed: false, points: false }],
    logarithmic: true,
    format: compact,
    onHover: hover,
  });
  const lfwChart = new LfwChart(hover);
  const charts = [lossChart, accuracyChart, rateChart, lfwChart];

  const redraw = coalesce(() => {
    if (run === undefined) return;
    const { steps, validation, lfw, phases, checkpoints } = series;
    header.update(run, series);
    summary.update(run, series);
    messages.update(series.messages);
    evaluations.update(series);
    if (view.table) values.update(series);
    const hasSteps = steps.step.length > 0;
    chartArea.hidden = !hasSteps && lfw.length === 0;
    controls.hidden = chartArea.hidden;
    waiting.hidden = !chartArea.hidden || !isActive(run.state) || !trains(run);
    for (const chart of [lossChart, accuracyChart, rateChart]) chart.element.hidden = !hasSteps;
    lfwChart.element.hidden = lfw.length === 0;
    const marks = { phases, checkpoints };
    const { step } = steps;
    lossChart.set(
      [
        { step, values: steps.loss },
        { step, values: steps.crossEntropy },
        { step, values: steps.regularization },
      ],
      marks,
      view.smoothing,
    );
    accuracyChart.set(
      [
        { step, values: steps.accuracy },
        { step: validation.step, values: validation.accuracy },
      ],
      marks,
      view.smoothing,
    );
    rateChart.set([{ step, values: steps.learningRate }], marks, 0);
    lfwChart.set(lfw, marks, Math.max(step.at(-1) ?? 0, lfw.at(-1)?.step ?? 0));
  });

  const changeView = (change: Partial<RunView>): void => {
    Object.assign(view, change);
    host.save('run', view);
    values.element.hidden = !view.table;
    lossChart.setLogarithmic(view.logLoss);
    redraw.request();
  };
  const controls = element(
    'div',
    { class: 'controls' },
    slider({
      label: 'Smoothing',
      min: 0,
      max: 0.98,
      step: 0.02,
      value: view.smoothing,
      text: (value) => value.toFixed(2),
      onInput: (smoothing) => changeView({ smoothing }),
    }).element,
    checkbox('Logarithmic loss', view.logLoss, (logLoss) => changeView({ logLoss })),
    checkbox('Values as a table', view.table, (table) => changeView({ table })),
    element(
      'ul',
      { class: 'legend marks' },
      element('li', {}, element('span', { class: 'mark phase', 'aria-hidden': 'true' }), 'phase begins'),
      element('li', {}, element('span', { class: 'mark', 'aria-hidden': 'true' }, '▲'), 'checkpoint'),
      element('li', {}, element('span', { class: 'mark green', 'aria-hidden': 'true' }, '◆'), 'best checkpoint'),
    ),
  );
  const chartArea = element(
    'section',
    { class: 'charts', 'aria-label': 'Charts' },
    ...charts.map((chart) => chart.element),
  );
  values.element.hidden = !view.table;
  controls.hidden = chartArea.hidden = true;
  root.append(
    header.element,
    summary.element,
    controls,
    waiting,
    chartArea,
    values.element,
    evaluations.element,
    messages.element,
  );

  return {
    receive(message: ToPage) {
      switch (message.type) {
        case 'hydrateRun':
          run = message.run;
          series = seriesOf(message.events);
          redraw.now();
          break;
        case 'appendEvents':
          appendEvents(series, message.events);
          redraw.request();
          break;
        case 'updateRun':
          run = message.run;
          redraw.request();
          break;
        case 'hydrateLfw':
        case 'failed':
          break;
      }
    },
    dispose() {
      redraw.cancel();
      for (const chart of charts) chart.dispose();
    },
  };
}

function trains({ request }: RunRecord): boolean {
  return request.kind === 'train' || (request.kind === 'demo' && !request.drawOnly);
}
