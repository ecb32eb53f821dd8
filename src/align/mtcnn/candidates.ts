import type { Box } from '../face';

/** dx1, dy1, dx2, dy2 in units of the box's width and height. */
export type Regression = readonly [number, number, number, number];

/** A box on its way through the three stages, in the reference's 1-based pixel coordinates. */
export interface Candidate extends Box {
  score: number;
  regression: Regression;
}

/** What PNet says about every position: [height, width, 6] = background and face logit, then the regression. */
export interface FaceMap {
  width: number;
  height: number;
  data: Float32Array;
}

const channels = 6;
const stride = 2;
const cell = 12;

/** Second value of the softmax over two logits, in float32 with the maximum subtracted (spec §2.6). */
export function faceProbability(background: number, face: number): number {
  const maximum = Math.max(background, face);
  const notFace = Math.fround(Math.exp(Math.fround(background - maximum)));
  const isFace = Math.fround(Math.exp(Math.fround(face - maximum)));
  return Math.fround(isFace / Math.fround(notFace + isFace));
}

/**
 * The positions where a face is at least as probable as `threshold`, as boxes of the image (spec §2.8).
 * Columns are walked before rows: later ties in the suppression depend on the order. A level's only candidate takes its
 * regression from the mirrored column, as in the reference.
 */
export function generateBoundingBoxes(map: FaceMap, scale: number, threshold: number): Candidate[] {
  const { width, height, data } = map;
  // Most positions are ruled out by the difference of the logits, with room for rounding, before any exponential.
  const clearlyBelow = Math.log(threshold / (1 - threshold)) - 1e-3;
  const found: Candidate[] = [];
  const columns: number[] = [];
  const rows: number[] = [];
  for (let x = 0; x < width; x++) {
    for (let y = 0; y < height; y++) {
      const at = (y * width + x) * channels;
      if (data[at + 1]! - data[at]! < clearlyBelow) continue;
      const score = faceProbability(data[at]!, data[at + 1]!);
      if (score < threshold) continue;
      columns.push(x);
      rows.push(y);
      found.push({
        x1: Math.trunc((stride * x + 1) / scale),
        y1: Math.trunc((stride * y + 1) / scale),
        x2: Math.trunc((stride * x + cell) / scale),
        y2: Math.trunc((stride * y + cell) / scale),
        score,
        regression: regressionAt(map, x, y),
      });
    }
  }
  if (found.length === 1) found[0]!.regression = regressionAt(map, width - 1 - columns[0]!, rows[0]!);
  return found;
}

function regressionAt({ width, data }: FaceMap, x: number, y: number): Regression {
  const at = (y * width + x) * channels + 2;
  return [data[at]!, data[at + 1]!, data[at + 2]!, data[at + 3]!];
}
