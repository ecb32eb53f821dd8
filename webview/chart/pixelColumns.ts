import type uPlot from 'uplot';
import { paint } from './plot';

/**
 * Draws a line that has many values in each pixel column: of each column the stretch between its extremes, reaching
 * to where the line left the column before. These are the pixels that a stroke would cover, at a fraction of its
 * price: a long jagged path is slow to stroke where no GPU helps, and its dashes would not be seen.
 */
export function drawPixelColumns(u: uPlot, seriesIndex: number, color: string, width: number): void {
  const [x] = u.data;
  const y = u.data[seriesIndex]!;
  paint(u, (context, ratio) => {
    const thick = Math.max(1, Math.round(width * ratio));
    context.fillStyle = color;
    let column = -Infinity;
    let top = 0;
    let bottom = 0;
    let last: number | undefined;
    const flush = (): void => {
      if (column > -Infinity) context.fillRect(column, top - thick / 2, 1, bottom - top + thick);
    };
    for (let row = 0; row < x.length; row++) {
      const value = y[row];
      if (value === null || value === undefined) continue;
      const at = Math.floor(u.valToPos(x[row]!, 'x', true));
      const height = Math.round(u.valToPos(value, 'y', true));
      if (at !== column) {
        flush();
        column = at;
        top = Math.min(height, last ?? height);
        bottom = Math.max(height, last ?? height);
      } else {
        top = Math.min(top, height);
        bottom = Math.max(bottom, height);
      }
      last = height;
    }
    flush();
  });
}
