import type { Box } from './face';

/**
 * The face a portrait is about: large and near the middle of the image. Area minus twice the squared distance of the
 * centres, the first one on ties (spec §2.4). Undefined without faces.
 */
export function chooseFace<T extends Box>(faces: readonly T[], imageWidth: number, imageHeight: number): T | undefined {
  let best: T | undefined;
  let bestRank = Number.NEGATIVE_INFINITY;
  for (const face of faces) {
    const { x1, y1, x2, y2 } = face;
    const offsetX = (x1 + x2) / 2 - imageWidth / 2;
    const offsetY = (y1 + y2) / 2 - imageHeight / 2;
    const rank = (x2 - x1) * (y2 - y1) - 2 * (offsetX * offsetX + offsetY * offsetY);
    if (rank > bestRank) {
      best = face;
      bestRank = rank;
    }
  }
  return best;
}
