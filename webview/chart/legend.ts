import { element, setText } from '../element';
import type { ChartColor } from '../theme';

/** How a line looks; the pattern tells lines apart without their colour. */
export type LinePattern = 'solid' | 'dashed' | 'dotted';

export interface LegendEntry {
  name: string;
  color: ChartColor;
  pattern: LinePattern;
}

/** Names of the lines of a chart with their present values. */
export class Legend {
  readonly element = element('ul', { class: 'legend' });
  private readonly values: HTMLElement[] = [];

  constructor(entries: readonly LegendEntry[]) {
    for (const { name, color, pattern } of entries) {
      const value = element('span', { class: 'legend-value' });
      this.values.push(value);
      this.element.append(
        element('li', {}, element('span', { class: `swatch ${color} ${pattern}`, 'aria-hidden': 'true' }), name, value),
      );
    }
  }

  /** Values in the order of the entries; an empty text shows the name alone. */
  set(values: readonly string[]): void {
    this.values.forEach((node, index) => setText(node, values[index] ?? ''));
  }
}

/** Dash of a canvas line with this pattern, CSS pixels. */
export function dashOf(pattern: LinePattern): number[] | undefined {
  return { solid: undefined, dashed: [6, 3], dotted: [2, 3] }[pattern];
}
