import { element } from '../element';

/** One column of a table: its name and the text of each row. */
export interface Column {
  name: string;
  cells: readonly string[];
}

/** A table that is scrolled by keyboard too; `caption` names it for screen readers. */
export function scrollingTable(
  caption: string,
  head: readonly HTMLElement[],
  rows: readonly HTMLElement[],
): HTMLElement {
  return element(
    'div',
    { class: 'table-scroll', tabindex: 0, role: 'group', 'aria-label': caption },
    element(
      'table',
      { 'aria-label': caption },
      element('thead', {}, element('tr', {}, ...head)),
      element('tbody', {}, ...rows),
    ),
  );
}

/** Numbers in columns. */
export function numberTable(caption: string, columns: readonly Column[]): HTMLElement {
  const length = Math.max(0, ...columns.map(({ cells }) => cells.length));
  return scrollingTable(
    caption,
    columns.map(({ name }) => element('th', { scope: 'col', class: 'number' }, name)),
    Array.from({ length }, (_, row) =>
      element('tr', {}, ...columns.map(({ cells }) => element('td', { class: 'number' }, cells[row] ?? '–'))),
    ),
  );
}
