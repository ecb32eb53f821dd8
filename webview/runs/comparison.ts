import * as l10n from '@vscode/l10n';

import type { DifferingSetting, RunRow } from '../../src/protocol/runRow';
import { element, fill } from '../element';
import { linkButton } from '../ui';
import { columns } from './columns';

/** What stands beside each other of the columns of the table; the name heads the column of a run here. */
const compared = columns.filter(({ order }) => !['name', 'star', 'tags', 'note'].includes(order));

/** Runs beside each other: what they have reached, and the settings in which they differ. */
export class ComparisonTable {
  readonly element = element('section', { class: 'card comparison', 'aria-label': l10n.t('Comparison') });

  /** @param open called with the run whose name was chosen */
  constructor(private readonly open: (row: RunRow) => void) {
    this.element.hidden = true;
  }

  show(rows: readonly RunRow[], settings: readonly DifferingSetting[]): void {
    this.element.hidden = rows.length < 2;
    const now = new Date();
    const facts = compared
      .map((column) => ({
        title: column.title,
        number: column.number,
        values: rows.map((row) => column.text(row, now)),
      }))
      .filter(({ values }) => values.some((value) => value !== ''));
    const heads = rows.map((row) =>
      element(
        'th',
        { scope: 'col' },
        linkButton(row.name, () => this.open(row)),
      ),
    );
    fill(
      this.element,
      element('h2', {}, l10n.t('Comparison')),
      element(
        'div',
        { class: 'table-scroll' },
        element(
          'table',
          {},
          element('thead', {}, element('tr', {}, element('th', { scope: 'col' }, l10n.t('Run')), ...heads)),
          element(
            'tbody',
            {},
            ...facts.map(({ title, values }) => line(title, values)),
            element(
              'tr',
              { class: 'part' },
              element(
                'th',
                { scope: 'rowgroup', colspan: rows.length + 1 },
                settings.length === 0
                  ? l10n.t('They were asked for the same.')
                  : l10n.t('Settings in which they differ'),
              ),
            ),
            ...settings.map(({ name, values }) => line(name, values)),
          ),
        ),
      ),
    );
    if (!this.element.hidden) this.element.scrollIntoView({ block: 'nearest' });
  }

  hide(): void {
    this.element.hidden = true;
  }
}

function line(title: string, values: readonly (string | null | undefined)[]): HTMLElement {
  const cells = values.map((value) => element('td', { title: value ?? '' }, value === '' ? '–' : (value ?? '–')));
  return element('tr', {}, element('th', { scope: 'row' }, title), ...cells);
}
