import { element } from '../element';

/** One column of a table: its name and the text of each row. */
export interface Column {
  name: string;
  cells: readonly string[];
}

/** Numbers in columns, scrolled by keyboard too; `caption` names the table for screen readers. */
export function numberTable(caption: string, columns: readonly Column[]): HTMLElement {
  const rows = Math.max(0, ...columns.map(({ cells }) => cells.length));
  return element(
    'div',
    { class: 'table-scroll', tabindex: 0, role: 'group', 'aria-label': caption },
    element(
      'table',
      { 'aria-label': caption },
      element(
        'thead',
        {},
        element('tr', {}, ...columns.map(({ name }) => element('th', { scope: 'col', class: 'number' }, name))),
      ),
      element(
        'tbody',
        {},
        ...Array.from({ length: rows }, (_, row) =>
          element('tr', {}, ...columns.map(({ cells }) => element('td', { class: 'number' }, cells[row] ?? '–'))),
        ),
      ),
    ),
  );
}
