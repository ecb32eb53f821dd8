import * as l10n from '@vscode/l10n';
import { cardTitle } from '../chart/card';
import { CellFocus } from '../cellFocus';
import { counted } from '../counts';
import { element, fill } from '../element';
import { integer } from '../format';
import { type Confusion, type Place, unknown } from './outcomes';

/** A cell: faces of one that were given the name of the other. */
export interface ConfusionCell {
  own: Place;
  given: Place;
}

export interface ConfusionTable {
  readonly element: HTMLElement;
  /** @param names of the people by label */
  show(confusion: Confusion, names: readonly string[], chosen: ConfusionCell | undefined): void;
}

/** How often who was given which name. A cell with faces is a button that narrows the list to them. */
export function confusionTable(onChoose: (cell: ConfusionCell) => void): ConfusionTable {
  const table = element('table', { class: 'confusion', 'aria-label': l10n.t('Confusion matrix') });
  const note = element('p', { class: 'none' });
  const focus = new CellFocus(table);
  return {
    element: element(
      'section',
      { class: 'card' },
      element(
        'header',
        { class: 'card-head' },
        cardTitle(l10n.t('Confusion matrix'), l10n.t('rows: who it is, columns: the name that was given')),
      ),
      element('div', { class: 'table-scroll' }, table),
      note,
    ),
    show({ rows, columns, counts, left }, names, chosen) {
      const focused =
        document.activeElement instanceof HTMLElement ? document.activeElement.dataset['cell'] : undefined;
      focus.clear();
      const cell = (row: number, column: number): HTMLElement => {
        const [own, given] = [rows[row]!, columns[column]!];
        const count = counts[row]![column]!;
        const kind = own === given ? 'right' : given === unknown ? 'silent' : 'wrong';
        if (count === 0) return element('td', { class: `${kind} empty` }, '·');
        const all = counts[row]!.reduce((sum, other) => sum + other, 0);
        const node = element(
          'button',
          {
            ...{ type: 'button', class: 'cell', 'data-cell': `${own} ${given}` },
            'aria-pressed': String(chosen?.own === own && chosen.given === given),
            'aria-label': l10n.t(
              '{0}, given {1}: {2}',
              ownName(own, names),
              givenName(given, names),
              counted.images(count),
            ),
          },
          integer(count),
        );
        node.style.setProperty('--share', String(all === 0 ? 0 : count / all));
        node.addEventListener('click', () => onChoose({ own, given }));
        focus.add(node, row, column);
        return element('td', { class: kind }, node);
      };
      fill(
        table,
        element(
          'thead',
          {},
          element(
            'tr',
            {},
            element('td'),
            ...columns.map((place) => {
              const name = givenName(place, names);
              return element('th', { scope: 'col', title: name }, element('span', {}, name));
            }),
          ),
        ),
        element(
          'tbody',
          {},
          ...rows.map((place, row) =>
            element(
              'tr',
              {},
              element('th', { scope: 'row', title: ownName(place, names) }, ownName(place, names)),
              ...columns.map((_, column) => cell(row, column)),
            ),
          ),
        ),
      );
      if (focused !== undefined)
        [...table.querySelectorAll<HTMLElement>('.cell')].find(({ dataset }) => dataset['cell'] === focused)?.focus();
      note.textContent =
        left === 0
          ? ''
          : l10n.t('The {0} people with the most wrong answers; {1} more.', integer(columns.length - 1), integer(left));
    },
  };
}

/** A name as people write it; folders have underscores for blanks. */
export function personName(folder: string): string {
  return folder.replaceAll('_', ' ');
}

export function givenName(place: Place, names: readonly string[]): string {
  return place === unknown ? l10n.t('unknown') : personName(names[place]!);
}

function ownName(place: Place, names: readonly string[]): string {
  return place === unknown ? l10n.t('not known to it') : personName(names[place]!);
}
