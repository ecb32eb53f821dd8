import type { Box } from '../face';

export interface ScoredBox extends Box {
  score: number;
}

/**
 * Boxes of the anchors that are more likely a face than `threshold`, in units of the square input.
 * Anchors are [top, left, bottom, right]; an encoding moves the centre by tenths of the anchor's size and scales the
 * size by exp of fifths (Liu et al. 2016, §2.2). Class logits are [background, face, unused]; scores are sigmoids.
 */
export function decodeBoxes(
  anchors: Float32Array,
  encodings: Float32Array,
  logits: Float32Array,
  threshold: number,
): ScoredBox[] {
  const least = Math.log(threshold / (1 - threshold));
  const boxes: ScoredBox[] = [];
  for (let i = 0; i * 4 < anchors.length; i++) {
    const logit = logits[i * 3 + 1]!;
    if (logit <= least) continue;
    const [top, left, bottom, right] = anchors.subarray(i * 4, i * 4 + 4) as unknown as [
      number,
      number,
      number,
      number,
    ];
    const [dy, dx, scaleY, scaleX] = encodings.subarray(i * 4, i * 4 + 4) as unknown as [
      number,
      number,
      number,
      number,
    ];
    const centreY = (top + bottom) / 2 + (dy / 10) * (bottom - top);
    const centreX = (left + right) / 2 + (dx / 10) * (right - left);
    const halfHeight = ((bottom - top) * Math.exp(scaleY / 5)) / 2;
    const halfWidth = ((right - left) * Math.exp(scaleX / 5)) / 2;
    boxes.push({
      x1: centreX - halfWidth,
      y1: centreY - halfHeight,
      x2: centreX + halfWidth,
      y2: centreY + halfHeight,
      score: 1 / (1 + Math.exp(-logit)),
    });
  }
  return boxes;
}

/** Keeps the most certain of boxes whose intersection is more than `threshold` of their union. */
export function suppressOverlaps(boxes: readonly ScoredBox[], threshold: number): ScoredBox[] {
  const kept: ScoredBox[] = [];
  for (const box of [...boxes].sort((a, b) => b.score - a.score)) {
    if (kept.every((other) => intersectionOverUnion(box, other) <= threshold)) kept.push(box);
  }
  return kept;
}

/** Shared area over joint area, 0 … 1. */
export function intersectionOverUnion(a: Box, b: Box): number {
  const width = Math.max(0, Math.min(a.x2, b.x2) - Math.max(a.x1, b.x1));
  const height = Math.max(0, Math.min(a.y2, b.y2) - Math.max(a.y1, b.y1));
  const shared = width * height;
  const area = ({ x1, y1, x2, y2 }: Box): number => (x2 - x1) * (y2 - y1);
  const union = area(a) + area(b) - shared;
  return union > 0 ? shared / union : 0;
}
