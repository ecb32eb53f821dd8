import * as l10n from '@vscode/l10n';
import type { RunRecord } from '../../src/protocol/run';
import { isActive } from '../../src/protocol/runRules';
import type { ToRunPage } from '../../src/protocol/webview';
import { type RunSeries, appendEvents, emptySeries, seriesFrom } from '../../src/series/runSeries';
import { element } from '../element';
import type { Host } from '../host';
import type { Page } from '../showPage';
import { coalesce } from '../redraw';
import { Controls, type RunView } from './controls';
import { RunHeader } from './header';
import { MessageList } from './messages';
import { type Overlay, OverlayList, overlaysOf } from './overlays';
import { PeopleTable } from './peopleTable';
import { pictureOf } from './picture';
import { RunCharts } from './runCharts';
import { SelfCheckCard } from './selfCheck';
import { RunSummary } from './summary';
import { EvaluationTable, ValueTable } from './tables';
import { type ShownVerdict, VerdictCard } from '../verdict';
import { noVerdict } from '../../src/words/verdictWords';

/** The Run tab: header, figures, charts over the steps, evaluations, messages. */
export function runPage(root: HTMLElement, host: Host<'run'>): Page<'run'> {
  const initial: RunView = { smoothing: 0.6, logLoss: false, table: false, overlays: [] };
  const view: RunView = { ...initial, ...host.saved<Partial<RunView>>('run') };
  let run: RunRecord | undefined;
  let name = '';
  let series: RunSeries = emptySeries();
  let overlays: Overlay[] = [];
  /** Steps whose checkpoints are there; undefined while the host has not said so. */
  let kept: ReadonlySet<number> | undefined;
  // What was zoomed into before has to wait for its steps where the log is still being read.
  let wantedZoom = view.zoom;

  const header = new RunHeader(host, () => redraw.request());
  const summary = new RunSummary();
  const verdict = new VerdictCard((step) => host.post({ type: 'takeStep', step }));
  const selfCheck = new SelfCheckCard();
  const messages = new MessageList();
  const evaluations = new EvaluationTable(host);
  const people = new PeopleTable();
  const values = new ValueTable();
  const waiting = element('p', { class: 'waiting' }, l10n.t('The charts begin with the first training step.'));
  waiting.hidden = true;

  const redraw = coalesce(() => {
    if (run === undefined) return;
    charts.update(series, overlays, view.smoothing, kept);
    zoomAgain();
    controls.element.hidden = charts.element.hidden;
    controls.showRange(charts.axis);
    controls.explain(series);
    header.update(run, name, series);
    verdict.show(verdictOf(run, series));
    selfCheck.show(run.selfCheck);
    // A model that cannot be used is the first thing to know.
    if (selfCheck.isProblem && verdict.element.nextElementSibling !== selfCheck.element)
      verdict.element.after(selfCheck.element);
    summary.update(run, series);
    messages.update(series.messages);
    evaluations.update(series);
    if (view.table) values.update(series, charts.axis.zoom);
    waiting.hidden = !charts.element.hidden || !isActive(run.state) || !trains(run);
  });
  const zoomed = coalesce(() => {
    host.save('run', view);
    if (view.table) values.update(series, view.zoom);
  });
  const zoomAgain = (): void => {
    if (wantedZoom === undefined || charts.axis.end < wantedZoom[1]) return;
    const zoom = wantedZoom;
    wantedZoom = undefined;
    charts.axis.zoomTo(...zoom);
  };
  const charts = new RunCharts((zoom) => {
    wantedZoom = undefined;
    if (zoom === undefined) delete view.zoom;
    else view.zoom = zoom;
    controls.showRange(charts.axis);
    zoomed.request();
  });
  const change = (changed: Partial<RunView>): void => {
    Object.assign(view, changed);
    host.save('run', view);
    values.element.hidden = !view.table;
    charts.setLogarithmic(view.logLoss);
    redraw.request();
  };
  const overlay = (folders: string[], choose: boolean): void => host.post({ type: 'overlayRuns', folders, choose });
  const controls = new Controls(view, charts.axis, {
    change,
    compare: () => overlay(view.overlays, true),
    exportCsv: () => {
      const { zoom } = charts.axis;
      host.post({
        type: 'exportCsv',
        ...(zoom !== undefined && { range: [Math.ceil(zoom[0]), Math.floor(zoom[1])] }),
      });
    },
    exportPng: () => void pictureOf(name, charts, overlays).then((png) => host.post({ type: 'exportPng', png })),
  });
  const overlayList = new OverlayList((folder) =>
    overlay(
      view.overlays.filter((other) => other !== folder),
      false,
    ),
  );
  charts.setLogarithmic(view.logLoss);
  values.element.hidden = !view.table;
  controls.element.hidden = charts.element.hidden = true;
  root.append(
    header.element,
    verdict.element,
    summary.element,
    controls.element,
    overlayList.element,
    waiting,
    charts.element,
    values.element,
    selfCheck.element,
    evaluations.element,
    people.element,
    messages.element,
  );

  const take = (message: { run: RunRecord; name?: string }): void => {
    run = message.run;
    name = message.name ?? run.title;
  };
  const hydrate = (message: Extract<ToRunPage, { type: 'hydrateRun' }>): void => {
    const first = run === undefined;
    take(message);
    series = seriesFrom(message.series);
    redraw.now();
    // The other runs come from the host, which has forgotten them with the tab of before.
    if (first && view.overlays.length > 0) overlay(view.overlays, false);
  };
  return {
    receive(message: ToRunPage) {
      switch (message.type) {
        case 'hydrateRun':
          hydrate(message);
          break;
        case 'appendEvents':
          appendEvents(series, message.events);
          redraw.request();
          break;
        case 'updateRun':
          take(message);
          redraw.request();
          break;
        case 'people':
          people.update(message.result);
          break;
        case 'keptCheckpoints':
          kept = new Set(message.steps);
          redraw.request();
          break;
        case 'overlays':
          overlays = overlaysOf(message.runs, overlays);
          overlayList.update(overlays);
          change({ overlays: overlays.map(({ folder }) => folder) });
          break;
      }
    },
    dispose() {
      redraw.cancel();
      zoomed.cancel();
      charts.dispose();
    },
  };
}

/** What is said of the run; nothing of one that trains nothing, has failed, or has just begun. */
function verdictOf(run: RunRecord, { lfw }: RunSeries): ShownVerdict {
  const { verdict, state, request } = run;
  if (request.kind !== 'train') return {};
  if (verdict !== undefined) return { verdict, goesOn: isActive(state) };
  const measured = lfw.some(({ step }) => step > 0);
  return state === 'done' || state === 'stopped' ? { why: noVerdict(run, measured) } : {};
}

function trains({ request }: RunRecord): boolean {
  return request.kind === 'train' || (request.kind === 'demo' && !request.drawOnly);
}
