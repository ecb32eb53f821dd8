import type uPlot from 'uplot';
import { integer } from '../format';

/** All charts of the page show the same step under the cursor. */
const cursorGroup = 'steps';

/**
 * Cursor of a chart over the steps, shared by all of them; dragging is the navigation's.
 *
 * @param hasPoint whether a series has a point that follows the cursor, by its index.
 */
export function stepCursor(
  onHover: (step: number | undefined) => void,
  hasPoint: (index: number) => boolean = () => false,
): { cursor: uPlot.Cursor; hooks: uPlot.Hooks.Arrays } {
  return {
    cursor: {
      y: false,
      drag: { x: false, y: false, setScale: false },
      sync: { key: cursorGroup, scales: ['x', null] },
      points: { show: (u, index) => pointOf(u, index, hasPoint(index)) },
    },
    hooks: {
      setCursor: [
        (u) => {
          const { left } = u.cursor;
          onHover(left === undefined || left < 0 ? undefined : u.posToVal(left, 'x'));
        },
      ],
    },
  };
}

/** Label of the step axis: whole steps only. */
export function stepTick(value: number): string {
  return Number.isInteger(value) ? integer(value) : '';
}

function pointOf(u: uPlot, index: number, coloured: boolean): HTMLElement {
  const point = document.createElement('div');
  const { stroke } = u.series[index]!;
  const color = typeof stroke === 'function' ? (stroke as (u: uPlot, index: number) => unknown)(u, index) : stroke;
  if (coloured && typeof color === 'string') point.style.background = color;
  return point;
}
