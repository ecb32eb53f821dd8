import { element, fill, setText } from '../element';
import type { ChartColor } from '../theme';

/** How a line looks; the pattern tells lines apart without their colour. Compared runs have the last four. */
export type LinePattern = 'solid' | 'dashed' | 'dotted' | 'long' | 'dashdot' | 'dense' | 'sparse';

export interface LegendEntry {
  /** Empty where the name stands elsewhere; `title` then says it. */
  name: string;
  title?: string;
  color: ChartColor;
  pattern: LinePattern;
}

/** Names of the lines of a chart with their present values. */
export class Legend {
  readonly element = element('ul', { class: 'legend' });
  private values: HTMLElement[] = [];
  private shown: readonly LegendEntry[] = [];

  constructor(entries: readonly LegendEntry[]) {
    this.setEntries(entries);
  }

  /** The entries with their values as text, for a picture of the chart. */
  get entries(): readonly (LegendEntry & { value: string })[] {
    return this.shown.map((entry, index) => ({ ...entry, value: this.values[index]!.textContent ?? '' }));
  }

  setEntries(entries: readonly LegendEntry[]): void {
    this.shown = entries;
    this.values = entries.map(() => element('span', { class: 'legend-value' }));
    fill(
      this.element,
      ...entries.map(({ name, title, color, pattern }, index) =>
        element(
          'li',
          { title },
          element('span', { class: `swatch ${color} ${pattern}`, 'aria-hidden': 'true' }),
          name,
          title !== undefined && element('span', { class: 'spoken' }, title),
          this.values[index],
        ),
      ),
    );
  }

  /** Values in the order of the entries; an empty text shows the name alone. */
  set(values: readonly string[]): void {
    this.values.forEach((node, index) => setText(node, values[index] ?? ''));
  }
}

/** Dash of a canvas line with this pattern, CSS pixels. */
export function dashOf(pattern: LinePattern): number[] | undefined {
  const dashes: Record<LinePattern, number[] | undefined> = {
    solid: undefined,
    dashed: [6, 3],
    dotted: [2, 3],
    long: [11, 4],
    dashdot: [9, 3, 2, 3],
    dense: [4, 2],
    sparse: [2, 6],
  };
  return dashes[pattern];
}
