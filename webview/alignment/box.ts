// A box in pixels of a photograph, as it is drawn, moved and typed.
import type { BoxCorners } from '../../src/protocol/alignmentLog';

/** Smaller boxes are slips of the hand. */
export const leastEdge = 4;

type Size = readonly [width: number, height: number];

/** The box between two points, within the photograph and on whole pixels. */
export function boxBetween(x1: number, y1: number, x2: number, y2: number, size: Size): BoxCorners {
  const within = (value: number, most: number): number => Math.round(Math.min(Math.max(value, 0), most));
  return [
    within(Math.min(x1, x2), size[0]),
    within(Math.min(y1, y2), size[1]),
    within(Math.max(x1, x2), size[0]),
    within(Math.max(y1, y2), size[1]),
  ];
}

/** The box moved by so many pixels, as far as the photograph goes. */
export function movedBox([x1, y1, x2, y2]: BoxCorners, dx: number, dy: number, [width, height]: Size): BoxCorners {
  const x = Math.round(Math.min(Math.max(dx, -x1), width - x2));
  const y = Math.round(Math.min(Math.max(dy, -y1), height - y2));
  return [x1 + x, y1 + y, x2 + x, y2 + y];
}

/** The box with its right and lower edge moved by so many pixels. */
export function resizedBox([x1, y1, x2, y2]: BoxCorners, dx: number, dy: number, [width, height]: Size): BoxCorners {
  const edge = (value: number, from: number, most: number): number =>
    Math.round(Math.min(Math.max(value, from + leastEdge), most));
  return [x1, y1, edge(x2 + dx, x1, width), edge(y2 + dy, y1, height)];
}

/** Where a box is proposed while there is none: the middle of the photograph. */
export function middleBox([width, height]: Size): BoxCorners {
  const edge = Math.min(width, height) / 2;
  return boxBetween((width - edge) / 2, (height - edge) / 2, (width + edge) / 2, (height + edge) / 2, [width, height]);
}

/** What is cut out for a box: with half the margin on each side, as far as the photograph goes. */
export function cutFor([x1, y1, x2, y2]: BoxCorners, margin: number, [width, height]: Size): BoxCorners {
  const half = margin / 2;
  return [Math.max(x1 - half, 0), Math.max(y1 - half, 0), Math.min(x2 + half, width), Math.min(y2 + half, height)];
}
