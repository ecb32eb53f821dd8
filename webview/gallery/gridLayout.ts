// Where the cells of a long grid are, so that only those in sight are made.

export interface GridLayout {
  columns: number;
  rows: number;
  /** Pixels from one row to the next, and from one column to the next. */
  pitch: number;
}

/** As many columns of at least `cell` pixels as fit into `width`. */
export function layOut(count: number, width: number, cell: number): GridLayout {
  const columns = Math.max(1, Math.floor(width / cell));
  return { columns, rows: Math.ceil(count / columns), pitch: Math.max(cell, width) / columns };
}

/** First and one past the last index in sight, with a few rows around it. `top` is where the sight begins, in pixels. */
export function inSight(layout: GridLayout, count: number, top: number, height: number): [from: number, to: number] {
  const around = 2;
  const first = Math.max(0, Math.floor(top / layout.pitch) - around);
  const last = Math.min(layout.rows, Math.ceil((top + height) / layout.pitch) + around);
  return [Math.min(count, first * layout.columns), Math.min(count, Math.max(first, last) * layout.columns)];
}

/** The index that a key leads to from `index`; undefined for keys that move nothing. `page` is in rows. */
export function moved(
  key: string,
  index: number,
  count: number,
  { columns }: GridLayout,
  page: number,
): number | undefined {
  const steps: Record<string, number> = {
    ArrowLeft: -1,
    ArrowRight: 1,
    ArrowUp: -columns,
    ArrowDown: columns,
    PageUp: -columns * page,
    PageDown: columns * page,
    Home: -index,
    End: count - 1 - index,
  };
  const step = steps[key];
  return step === undefined ? undefined : Math.min(count - 1, Math.max(0, index + step));
}
