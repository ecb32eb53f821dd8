import * as l10n from '@vscode/l10n';
import type { RunRow } from '../../src/protocol/runRow';
import type { RunOrder } from '../../src/words/runLists';
import { element } from '../element';
import { type Column, columns } from './columns';
import { type Place, movedBy } from './gridKeys';
import type { Selection } from './selection';

/** Rows that are kept above and below those in sight. */
const spare = 12;

export interface GridListener {
  /** Another order is wanted; a second time the other way round. */
  sort(order: RunOrder): void;
  open(row: RunRow): void;
  selectionChanged(): void;
  /** A key that the grid itself has no use for. */
  key(event: KeyboardEvent, row: RunRow): void;
}

/**
 * The table of runs as an ARIA grid: one cell has the focus, arrows move it, Space selects its row, Enter opens it. Of
 * many rows only those in sight exist; all have the same height.
 */
export class RunGrid {
  readonly element: HTMLElement;
  private readonly table = element('table', {
    role: 'grid',
    'aria-multiselectable': 'true',
    'aria-label': l10n.t('Runs'),
  });
  private readonly body = element('tbody');
  private readonly head: HTMLTableRowElement;
  private rows: readonly RunRow[] = [];
  /** −1 is the head. */
  private place: Place = { row: -1, column: 0 };
  private drawn = '';
  /** Nothing else of the page had the focus since. */
  private hadFocusLast = false;

  constructor(
    private readonly selection: Selection,
    private readonly listener: GridListener,
  ) {
    this.head = element('tr', { 'aria-rowindex': 1 }, ...columns.map((column, index) => this.title(column, index)));
    this.table.setAttribute('aria-colcount', String(columns.length));
    this.table.append(
      element('colgroup', {}, ...columns.map(({ width }) => wide(element('col'), width))),
      element('thead', {}, this.head),
      this.body,
    );
    wide(
      this.table,
      columns.reduce((sum, { width }) => sum + width, 0),
    );
    this.element = element('div', { class: 'runs-scroll' }, this.table);
    this.element.addEventListener('scroll', () => this.draw());
    this.table.addEventListener('keydown', (event) => this.press(event));
    this.table.addEventListener('focusin', () => (this.hadFocusLast = true));
    this.table.addEventListener('focusout', ({ relatedTarget }) => (this.hadFocusLast = relatedTarget === null));
    this.table.addEventListener('click', (event) => this.click(event));
    this.table.addEventListener('dblclick', (event) => {
      const row = this.rows[placeOf(event.target)?.row ?? -1];
      if (row !== undefined) listener.open(row);
    });
  }

  /**
   * Takes the focus again that it had before the page lost it to the host, e.g. to the question for another name: a row that is
   * drawn anew meanwhile cannot take it.
   */
  returnFocus(): void {
    if (this.hadFocusLast && document.activeElement === document.body) this.focus(this.place);
  }

  /** Shows these rows; the focus stays with the run that has it, where that is still among them. */
  show(rows: readonly RunRow[], order: RunOrder, reversed: boolean): void {
    const focused = this.rows[this.place.row]?.folder;
    const hadFocus = this.table.contains(document.activeElement);
    this.rows = rows;
    if (focused !== undefined) {
      const row = rows.findIndex(({ folder }) => folder === focused);
      this.place = { ...this.place, row: row >= 0 ? row : Math.min(this.place.row, rows.length - 1) };
    }
    for (const [index, cell] of [...this.head.cells].entries()) {
      const isSorted = columns[index]!.order === order;
      const falls = !reversed === (columns[index]!.number === true || order === 'started' || order === 'star');
      if (isSorted) cell.setAttribute('aria-sort', falls ? 'descending' : 'ascending');
      else cell.removeAttribute('aria-sort');
    }
    this.table.setAttribute('aria-rowcount', String(rows.length + 1));
    this.drawn = '';
    this.draw();
    if (hadFocus) this.focus(this.place);
  }

  /** Marks what is selected. */
  mark(): void {
    for (const row of this.body.querySelectorAll<HTMLElement>('tr[data-row]')) {
      const { folder } = this.rows[Number(row.dataset['row'])]!;
      row.setAttribute('aria-selected', String(this.selection.has(folder)));
    }
  }

  private title({ title, number, order }: Column, index: number): HTMLElement {
    const name = order === 'star' ? l10n.t('Star') : title;
    return element(
      'th',
      {
        scope: 'col',
        role: 'columnheader',
        class: number && 'number',
        tabindex: -1,
        'data-column': index,
        'aria-colindex': index + 1,
        'aria-label': name,
        title: l10n.t('Sort by {0}', name),
      },
      title,
    );
  }

  private get rowHeight(): number {
    return this.body.querySelector<HTMLElement>('tr[data-row]')?.offsetHeight ?? this.head.offsetHeight;
  }

  /** Makes the rows that are in sight, with as much room as the others would take. */
  private draw(): void {
    const height = Math.max(1, this.rowHeight);
    const first = Math.max(0, Math.floor(this.element.scrollTop / height) - spare);
    const count = Math.ceil(Math.max(this.element.clientHeight, 300) / height) + 2 * spare;
    const last = Math.min(this.rows.length, first + count);
    const now = `${first} ${last}`;
    if (now === this.drawn) return;
    this.drawn = now;
    const hadFocus = this.body.contains(document.activeElement);
    const today = new Date();
    const made = this.rows.slice(first, last).map((row, index) => this.row(row, first + index, today));
    this.body.replaceChildren(room(first * height), ...made, room((this.rows.length - last) * height));
    this.mark();
    const cell = this.cellAt(this.place) ?? this.head.cells[0];
    if (cell !== undefined) this.makeTabStop(cell);
    if (hadFocus && cell !== undefined) cell.focus({ preventScroll: true });
  }

  private row(row: RunRow, index: number, now: Date): HTMLElement {
    const cells = columns.map((column, at) => {
      const text = column.text(row, now);
      return element(
        at === 0 ? 'th' : 'td',
        {
          role: at === 0 ? 'rowheader' : 'gridcell',
          scope: at === 0 ? 'row' : undefined,
          tabindex: -1,
          class: [column.number && 'number', `of-${column.order}`, column.order === 'change' && toneOf(row)]
            .filter(Boolean)
            .join(' '),
          'data-column': at,
          'aria-colindex': at + 1,
          'aria-label': column.said?.(row),
          title: text,
        },
        text,
      );
    });
    return element(
      'tr',
      {
        'data-row': index,
        'aria-rowindex': index + 2,
        class: `${row.state}${row.archived ? ' archived' : ''}`,
      },
      ...cells,
    );
  }

  private press(event: KeyboardEvent): void {
    const { row, column } = this.place;
    const run = this.rows[row];
    const moved = movedBy(event, this.place, { rows: this.rows.length, columns: columns.length, page: this.page });
    if (moved !== undefined) {
      event.preventDefault();
      if (event.shiftKey && moved.row >= 0) this.select(() => this.selection.extend(this.rows, moved.row, row));
      this.focus(moved);
    } else if (event.key === 'Enter' || (event.key === ' ' && run === undefined)) {
      event.preventDefault();
      if (run === undefined) this.listener.sort(columns[column]!.order);
      else this.listener.open(run);
    } else if (event.key === ' ' && run !== undefined) {
      event.preventDefault();
      this.select(() => this.selection.toggle(run, row));
    } else if (event.key === 'a' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      this.select(() => this.selection.all(this.rows));
    } else if (event.key === 'Escape') this.select(() => this.selection.clear());
    else if (run !== undefined) this.listener.key(event, run);
  }

  private click(event: MouseEvent): void {
    const place = placeOf(event.target);
    if (place === undefined) return;
    this.focus(place);
    const run = this.rows[place.row];
    if (run === undefined) return this.listener.sort(columns[place.column]!.order);
    this.select(() => {
      if (event.shiftKey) this.selection.extend(this.rows, place.row);
      else if (event.ctrlKey || event.metaKey) this.selection.toggle(run, place.row);
      else this.selection.only(run, place.row);
    });
  }

  private select(change: () => void): void {
    change();
    this.mark();
    this.listener.selectionChanged();
  }

  /** Rows that are in sight at once. */
  private get page(): number {
    return Math.max(1, Math.floor(this.element.clientHeight / this.rowHeight) - 2);
  }

  private focus(place: Place): void {
    this.place = { row: Math.min(place.row, this.rows.length - 1), column: place.column };
    const { row } = this.place;
    if (row >= 0) {
      // A row that does not exist yet is brought into sight first.
      const [height, { scrollTop, clientHeight }] = [this.rowHeight, this.element];
      const [top, bottom] = [row * height, (row + 2) * height];
      if (top < scrollTop) this.element.scrollTop = top;
      else if (bottom > scrollTop + clientHeight) this.element.scrollTop = bottom - clientHeight;
      this.draw();
    }
    const cell = this.cellAt(this.place);
    if (cell === undefined) return;
    this.makeTabStop(cell);
    cell.focus({ preventScroll: true });
    cell.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }

  private cellAt({ row, column }: Place): HTMLTableCellElement | undefined {
    const line = row < 0 ? this.head : this.body.querySelector<HTMLTableRowElement>(`tr[data-row="${row}"]`);
    return line?.cells[column];
  }

  private makeTabStop(cell: HTMLElement): void {
    for (const other of this.table.querySelectorAll('[tabindex="0"]')) other.setAttribute('tabindex', '-1');
    cell.setAttribute('tabindex', '0');
  }
}

/** Where rows would be that are out of sight. */
function room(height: number): HTMLElement {
  const node = element('tr', { class: 'room', 'aria-hidden': 'true' });
  node.style.height = `${height}px`;
  return node;
}

/** @param width in pixels at 13 px of text, with which it grows */
function wide<T extends HTMLElement>(node: T, width: number): T {
  node.style.width = `${width / 13}em`;
  return node;
}

function placeOf(target: EventTarget | null): Place | undefined {
  const cell = target instanceof Element ? target.closest<HTMLElement>('[data-column]') : null;
  if (cell === null) return undefined;
  const row = cell.closest<HTMLElement>('tr')?.dataset['row'];
  return { row: row === undefined ? -1 : Number(row), column: Number(cell.dataset['column']) };
}

function toneOf({ change }: RunRow): string | undefined {
  if (change?.sure !== true) return undefined;
  return change.size > 0 ? 'better' : 'worse';
}
