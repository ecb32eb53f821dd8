import * as l10n from '@vscode/l10n';
import { shownText } from '../../src/protocol/shownText';
import { counted } from '../counts';
import { type Child, element, fill } from '../element';
import { compact, integer } from '../format';
import { linkButton } from '../ui';
import { histogramPicture, histogramTable } from './histogram';
import {
  type Snapshot,
  type StageRows,
  type VariableRow,
  brokenValues,
  byteText,
  differenceText,
  isRemarkable,
  planTexts,
  stageDifferenceText,
  stageRows,
} from './rows';

export interface TableView {
  /** Stages that are open. */
  open: string[];
  filter: string;
  remarkableOnly: boolean;
  /** Variable whose details are open; empty: none. */
  detailed: string;
}

/** Variables by stage. A stage's rows are made when it is opened, so that hundreds of variables cost nothing before. */
export class VariableTable {
  readonly element = element('section', { class: 'card variables' });
  private stages: StageRows[] = [];
  private snapshot: Snapshot | undefined;

  constructor(
    private readonly view: TableView,
    private readonly onView: () => void,
  ) {}

  set(snapshot: Snapshot): void {
    this.snapshot = snapshot;
    this.stages = stageRows(snapshot);
    this.draw();
  }

  /** Opens all stages, or closes them. */
  openAll(open: boolean): void {
    this.view.open = open ? this.stages.map(({ name }) => name) : [];
    this.onView();
    this.draw();
  }

  draw(): void {
    if (this.snapshot === undefined) return;
    const shown = this.stages.map((stage) => ({ stage, rows: stage.rows.filter((row) => this.matches(row)) }));
    const bodies = shown.filter(({ rows }) => rows.length > 0).map(({ stage, rows }) => this.body(stage, rows));
    const head = this.columns().map(([name, isNumber]) =>
      element('th', { scope: 'col', class: isNumber ? 'number' : undefined }, name),
    );
    const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset['key'] : undefined;
    fill(
      this.element,
      bodies.length === 0
        ? element('p', { class: 'none' }, l10n.t('No variable is like that.'))
        : element(
            'div',
            { class: 'variable-scroll', tabindex: 0, role: 'region', 'aria-label': l10n.t('Variables by stage') },
            element('table', {}, element('thead', {}, element('tr', {}, ...head)), ...bodies),
          ),
    );
    // The keyboard stays where it was.
    if (focused !== undefined) {
      const buttons = [...this.element.querySelectorAll<HTMLElement>('[data-key]')];
      buttons.find(({ dataset }) => dataset['key'] === focused)?.focus();
    }
  }

  private matches(row: VariableRow): boolean {
    const { filter, remarkableOnly } = this.view;
    return row.name.toLowerCase().includes(filter.toLowerCase()) && (!remarkableOnly || isRemarkable(row));
  }

  private columns(): [string, boolean][] {
    const { comparison, plan } = this.snapshot!;
    return [
      [l10n.t('Variable'), false],
      ...(comparison === undefined
        ? []
        : [[l10n.t('Difference (relative L2, max |a − b|)'), false] as [string, boolean]]),
      ...(plan === undefined ? [] : [[l10n.t('Restore'), false] as [string, boolean]]),
      [l10n.t('Shape'), false],
      [l10n.t('Size'), true],
      [l10n.t('Values'), false],
      [l10n.t('Mean'), true],
      [l10n.t('Std'), true],
      [l10n.t('Min'), true],
      [l10n.t('Max'), true],
      [l10n.t('Zeros'), true],
      ['NaN, Inf', true],
    ];
  }

  private body(stage: StageRows, rows: readonly VariableRow[]): HTMLElement {
    // What was looked for is shown without another click.
    const isOpen = this.view.open.includes(stage.name) || this.view.filter !== '';
    const toggle = linkButton(stage.name, () => {
      const { open } = this.view;
      this.view.open = open.includes(stage.name) ? open.filter((name) => name !== stage.name) : [...open, stage.name];
      this.onView();
      this.draw();
    });
    toggle.classList.add('stage-toggle');
    toggle.dataset['key'] = stage.name;
    toggle.setAttribute('aria-expanded', String(isOpen));
    const broken = brokenValues(rows);
    const { comparison, plan } = this.snapshot!;
    const restored = rows.filter((row) => row.plan?.status === 'restored').length;
    const cells: Child[] = [
      ...(comparison === undefined
        ? []
        : [element('td', {}, stage.comparison === undefined ? '' : stageDifferenceText(stage.comparison))]),
      ...(plan === undefined ? [] : [element('td', {}, l10n.t('{0} of {1} restored', restored, rows.length))]),
      element('td', {}, counted.variables(rows.length)),
      element('td', { class: 'number' }, stage.bytes === 0 ? '' : byteText(stage.bytes)),
      element('td', { colspan: 6 }),
      element('td', { class: broken > 0 ? 'number broken' : 'number' }, broken > 0 ? integer(broken) : ''),
    ];
    return element(
      'tbody',
      {},
      element('tr', { class: 'stage' }, element('th', { scope: 'rowgroup' }, toggle), ...cells),
      ...(isOpen ? rows.flatMap((row) => this.rows(row, stage.name)) : []),
    );
  }

  private rows(row: VariableRow, stage: string): HTMLElement[] {
    const { statistics, variable } = row;
    const isOpen = this.view.detailed === row.name;
    const { comparison, plan } = this.snapshot!;
    const figure = (value: number | null | undefined): HTMLElement =>
      element('td', { class: 'number' }, value === undefined ? '' : value === null ? '–' : compact(value));
    const broken = (statistics?.nan ?? 0) + (statistics?.infinite ?? 0);
    const cells: Child[] = [
      ...(comparison === undefined
        ? []
        : [
            element(
              'td',
              { class: row.comparison?.status === 'equal' ? 'same' : undefined },
              row.comparison && differenceText(row.comparison),
            ),
          ]),
      ...(plan === undefined ? [] : [element('td', {}, row.plan && planText(row.plan))]),
      element(
        'td',
        {},
        variable && `[${variable.shape.join(', ')}]${variable.dtype === 'float32' ? '' : ` ${variable.dtype}`}`,
      ),
      element('td', { class: 'number' }, variable && byteText(variable.byteLength)),
      element('td', {}, statistics?.histogram && histogramPicture(statistics.histogram)),
      figure(statistics?.mean),
      figure(statistics?.std),
      figure(statistics?.min),
      figure(statistics?.max),
      element('td', { class: 'number' }, statistics && integer(statistics.zeros)),
      element(
        'td',
        { class: broken > 0 ? 'number broken' : 'number' },
        statistics && (broken > 0 ? integer(broken) : '0'),
      ),
    ];
    const prefix = row.name.indexOf(`${stage}/`);
    const short = prefix < 0 ? row.name : row.name.slice(prefix + stage.length + 1);
    const label =
      statistics?.histogram === undefined ? element('span', { title: row.name }, short) : this.toggle(row, short);
    const main = element('tr', {}, element('th', { scope: 'row' }, label), ...cells);
    return isOpen && statistics !== undefined ? [main, this.details(row)] : [main];
  }

  private toggle({ name }: VariableRow, short: string): HTMLElement {
    const node = linkButton(short, () => {
      this.view.detailed = this.view.detailed === name ? '' : name;
      this.onView();
      this.draw();
    });
    node.title = shownText(name);
    node.dataset['key'] = name;
    node.setAttribute('aria-expanded', String(this.view.detailed === name));
    return node;
  }

  private details({ name, statistics }: VariableRow): HTMLElement {
    const { histogram, count: total, nan, infinite } = statistics!;
    const words = [l10n.t('{0} values', integer(total)), ...(nan > 0 ? [`${integer(nan)} NaN`] : [])];
    if (infinite > 0) words.push(l10n.t('{0} infinite', integer(infinite)));
    return element(
      'tr',
      { class: 'details' },
      element(
        'td',
        { colspan: this.columns().length },
        element(
          'div',
          { class: 'details-content' },
          element('p', {}, element('code', {}, name), ` · ${words.join(', ')}`),
          histogram &&
            element(
              'figure',
              {},
              histogramPicture(histogram),
              element(
                'figcaption',
                {},
                element('span', {}, compact(histogram.from)),
                element('span', {}, compact(histogram.to)),
              ),
            ),
          histogram &&
            element('details', {}, element('summary', {}, l10n.t('Histogram as a table')), histogramTable(histogram)),
        ),
      ),
    );
  }
}

function planText({ status, wantedShape, fileShape }: NonNullable<VariableRow['plan']>): string {
  if (status !== 'other-shape') return planTexts[status];
  return `${planTexts[status]}: [${fileShape?.join(', ')}] → [${wantedShape?.join(', ')}]`;
}
