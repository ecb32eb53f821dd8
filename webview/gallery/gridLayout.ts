// Where the cells of a long grid are, below the headings of their people, so that only those in sight are made.

export interface GridSection {
  /** Index of its first cell, and their number; none where it is folded. */
  first: number;
  count: number;
  /** Pixels from the top of the grid to its heading. */
  top: number;
}

export interface GridLayout {
  columns: number;
  /** Pixels from one row to the next, and from one column to the next. */
  pitch: number;
  heading: number;
  /** Of all, in pixels. */
  height: number;
  count: number;
  sections: GridSection[];
}

/**
 * As many columns of at least `cell` pixels as fit into `width`; each section begins a row of its own below its heading.
 * @param counts number of cells of each section; `heading` is the height of a heading, 0 for none
 */
export function layOut(counts: readonly number[], width: number, cell: number, heading: number): GridLayout {
  const columns = Math.max(1, Math.floor(width / cell));
  const pitch = Math.max(cell, width) / columns;
  let [first, top] = [0, 0];
  const sections = counts.map((count) => {
    const section = { first, count, top };
    first += count;
    top += heading + Math.ceil(count / columns) * pitch;
    return section;
  });
  return { columns, pitch, heading, height: top, count: first, sections };
}

/** Pixels of a cell from the left and the top of the grid. */
export function placeOf({ sections, columns, pitch, heading }: GridLayout, index: number): [x: number, y: number] {
  const { first, top } = sections[sectionOf(sections, index)]!;
  const within = index - first;
  return [(within % columns) * pitch, top + heading + Math.floor(within / columns) * pitch];
}

/** The section that a cell is in. */
function sectionOf(sections: readonly GridSection[], index: number): number {
  return lastWhere(sections, ({ first, count }) => first <= index && count > 0);
}

/** Index of the last section for which this holds, where it holds for none after the first that it does not hold for. */
function lastWhere(sections: readonly GridSection[], holds: (section: GridSection) => boolean): number {
  for (let at = sections.length - 1; at > 0; at--) if (holds(sections[at]!)) return at;
  return 0;
}

export interface Sight {
  /** First and one past the last cell in sight. */
  cells: [from: number, to: number];
  sections: [from: number, to: number];
}

/** What is in sight, with a few rows around it. `top` is where the sight begins, in pixels. */
export function inSight(layout: GridLayout, top: number, height: number): Sight {
  const { sections, pitch, heading, columns, count } = layout;
  if (sections.length === 0) return { cells: [0, 0], sections: [0, 0] };
  const around = 2 * pitch;
  const [begin, end] = [top - around, top + height + around];
  const from = lastWhere(sections, (section) => section.top <= begin);
  const to = lastWhere(sections, (section) => section.top < end) + 1;
  const rowsInto = (section: GridSection, y: number): number => Math.max(0, (y - section.top - heading) / pitch);
  const [firstOf, lastOf] = [sections[from]!, sections[to - 1]!];
  const first = firstOf.first + Math.min(firstOf.count, Math.floor(rowsInto(firstOf, begin)) * columns);
  const last = lastOf.first + Math.min(lastOf.count, Math.ceil(rowsInto(lastOf, end)) * columns);
  return { cells: [first, Math.min(count, Math.max(first, last))], sections: [from, to] };
}

/** The index that a key leads to from `index`; undefined for keys that move nothing. `page` is in rows. */
export function moved(key: string, index: number, layout: GridLayout, page: number): number | undefined {
  const within = (next: number): number => Math.min(layout.count - 1, Math.max(0, next));
  switch (key) {
    case 'ArrowLeft':
      return within(index - 1);
    case 'ArrowRight':
      return within(index + 1);
    case 'ArrowUp':
      return rowsAway(layout, index, -1);
    case 'ArrowDown':
      return rowsAway(layout, index, 1);
    case 'PageUp':
      return rowsAway(layout, index, -page);
    case 'PageDown':
      return rowsAway(layout, index, page);
    case 'Home':
      return 0;
    case 'End':
      return within(layout.count - 1);
    default:
      return undefined;
  }
}

/** So many rows up or down, in the same column as far as the row there is that long. */
function rowsAway({ sections, columns }: GridLayout, index: number, rows: number): number {
  let at = sectionOf(sections, index);
  const column = (index - sections[at]!.first) % columns;
  let row = Math.floor((index - sections[at]!.first) / columns) + rows;
  const rowsOf = (section: GridSection): number => Math.ceil(section.count / columns);
  while (row < 0 && at > 0) row += rowsOf(sections[--at]!);
  while (row >= rowsOf(sections[at]!) && at < sections.length - 1) row -= rowsOf(sections[at++]!);
  const { first, count } = sections[at]!;
  // Above the first row, or below the last: as far as it goes.
  if (row < 0) return index === 0 ? 0 : Math.min(column, sections[0]!.count - 1);
  if (count === 0) return index;
  if (row >= Math.ceil(count / columns)) return first + count - 1;
  return first + Math.min(count - 1, row * columns + column);
}
