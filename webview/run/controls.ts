import * as l10n from '@vscode/l10n';
import { navigationHelp } from '../chart/navigation';
import { element, setText } from '../element';
import { integer } from '../format';
import { button, checkbox, setEnabled, slider } from '../ui';
import type { StepAxis, StepRange } from '../chart/stepAxis';
import type { RunSeries } from '../../src/series/runSeries';

/** How the page is looked at; kept over reloads. */
export interface RunView {
  /** Weight of the moving average, 0 … 0.98. */
  smoothing: number;
  logLoss: boolean;
  table: boolean;
  /** Visible steps where they are not all. */
  zoom?: StepRange;
  /** Folders of the runs drawn beside this one. */
  overlays: string[];
}

export interface ControlActions {
  change: (change: Partial<RunView>) => void;
  compare: () => void;
  exportCsv: () => void;
  exportPng: () => void;
}

/** Everything that changes how the charts are shown, and what can be done with them. */
export class Controls {
  readonly element: HTMLElement;
  private readonly range = element('span', { class: 'visible-range', role: 'status' });
  private readonly out: HTMLElement;
  private readonly reset: HTMLElement;
  private readonly recovery = element(
    'li',
    {},
    element('span', { class: 'mark red', 'aria-hidden': 'true' }, '▼'),
    l10n.t('went on after a failure'),
  );
  private readonly alarm = element(
    'li',
    {},
    element('span', { class: 'mark orange', 'aria-hidden': 'true' }, '▼'),
    l10n.t('diverged, stuck or collapsed'),
  );

  constructor(view: RunView, axis: StepAxis, actions: ControlActions) {
    const zoom = (label: string, spoken: string, onClick: () => void): HTMLElement => {
      const node = button({ label, title: spoken, onClick });
      node.setAttribute('aria-label', spoken);
      return node;
    };
    this.out = zoom('−', l10n.t('Zoom out'), () => axis.zoomBy(2));
    this.reset = button({ label: l10n.t('All Steps'), title: l10n.t('Show all steps'), onClick: () => axis.reset() });
    const help = element('span', { class: 'help', tabindex: 0, role: 'note', 'aria-label': navigationHelp }, '?');
    help.title = navigationHelp;
    this.element = element(
      'div',
      { class: 'controls' },
      slider({
        label: l10n.t('Smoothing'),
        min: 0,
        max: 0.98,
        step: 0.02,
        value: view.smoothing,
        text: (value) => value.toFixed(2),
        onInput: (smoothing) => actions.change({ smoothing }),
      }).element,
      checkbox(l10n.t('Logarithmic loss'), view.logLoss, (logLoss) => actions.change({ logLoss })),
      checkbox(l10n.t('Values as a table'), view.table, (table) => actions.change({ table })),
      element(
        'div',
        { class: 'control-group', role: 'group', 'aria-label': l10n.t('Visible steps') },
        zoom('+', l10n.t('Zoom in'), () => axis.zoomBy(0.5)),
        this.out,
        this.reset,
        this.range,
        help,
      ),
      element(
        'div',
        { class: 'control-group' },
        button({
          label: l10n.t('Compare…'),
          title: l10n.t('Draw other runs beside this one'),
          onClick: actions.compare,
        }),
        button({
          label: l10n.t('Export CSV…'),
          title: l10n.t('Save the values of the charts'),
          onClick: actions.exportCsv,
        }),
        button({
          label: l10n.t('Export PNG…'),
          title: l10n.t('Save a picture of the charts'),
          onClick: actions.exportPng,
        }),
      ),
      element(
        'ul',
        { class: 'legend marks' },
        element('li', {}, element('span', { class: 'mark phase', 'aria-hidden': 'true' }), l10n.t('phase begins')),
        element('li', {}, element('span', { class: 'mark', 'aria-hidden': 'true' }, '▲'), l10n.t('checkpoint')),
        element(
          'li',
          {},
          element('span', { class: 'mark green', 'aria-hidden': 'true' }, '◆'),
          l10n.t('best checkpoint'),
        ),
        this.recovery,
        this.alarm,
      ),
    );
    this.showRange(axis);
    this.explain({ recoveries: [], alarms: [] });
  }

  /** Explains the marks of recoveries and alarms where the charts have them. */
  explain({ recoveries, alarms }: Pick<RunSeries, 'recoveries' | 'alarms'>): void {
    this.recovery.hidden = recoveries.length === 0;
    this.alarm.hidden = alarms.length === 0;
  }

  showRange({ zoom, shown: [from, to] }: StepAxis): void {
    setText(this.range, zoom === undefined ? '' : l10n.t('steps {0} – {1}', integer(from), integer(to)));
    setEnabled(this.out, zoom !== undefined);
    setEnabled(this.reset, zoom !== undefined);
  }
}
