import type { Box } from '../face';
import type { Candidate, Regression } from './candidates';

/** Moves the corners by a regression in units of width and height, which do not count the last pixel (spec §2.5, stage 1). */
export function refineProposal<T extends Candidate>(box: T): T {
  return moved(box, box.regression, box.x2 - box.x1, box.y2 - box.y1);
}

/** `bbreg` (spec §2.8): the same with width and height that count both corner pixels. */
export function refine<T extends Box>(box: T, regression: Regression): T {
  return moved(box, regression, box.x2 - box.x1 + 1, box.y2 - box.y1 + 1);
}

function moved<T extends Box>(box: T, [dx1, dy1, dx2, dy2]: Regression, width: number, height: number): T {
  return {
    ...box,
    x1: box.x1 + dx1 * width,
    y1: box.y1 + dy1 * height,
    x2: box.x2 + dx2 * width,
    y2: box.y2 + dy2 * height,
  };
}

/** `rerec` (spec §2.8): the square with the same centre whose edge is the longer one of the box. */
export function squared<T extends Box>(box: T): T {
  const width = box.x2 - box.x1;
  const height = box.y2 - box.y1;
  const edge = Math.max(width, height);
  const x1 = box.x1 + width * 0.5 - edge * 0.5;
  const y1 = box.y1 + height * 0.5 - edge * 0.5;
  return { ...box, x1, y1, x2: x1 + edge, y2: y1 + edge };
}

/** Corners rounded towards zero. */
export function truncated<T extends Box>(box: T): T {
  return { ...box, x1: Math.trunc(box.x1), y1: Math.trunc(box.y1), x2: Math.trunc(box.x2), y2: Math.trunc(box.y2) };
}
