import type { Box } from '../face';

/** How much two boxes overlap: shared area over the area of both together, or over the smaller one's. */
export type OverlapMeasure = 'union' | 'minimum';

/**
 * Non-maximum suppression (spec §2.8): the boxes to keep, the highest score first. A box goes when it overlaps a kept
 * one by more than `threshold`. Pixels are counted including both corners. Of equal scores the later box wins.
 */
export function suppress<T extends Box & { score: number }>(
  boxes: readonly T[],
  threshold: number,
  measure: OverlapMeasure,
): T[] {
  const order = boxes.map((_, index) => index).sort((a, b) => boxes[b]!.score - boxes[a]!.score || b - a);
  const areas = Float64Array.from(boxes, ({ x1, y1, x2, y2 }) => (x2 - x1 + 1) * (y2 - y1 + 1));
  const kept: T[] = [];
  let remaining = order;
  while (remaining.length > 0) {
    const best = remaining[0]!;
    const box = boxes[best]!;
    kept.push(box);
    const next: number[] = [];
    for (let i = 1; i < remaining.length; i++) {
      const other = remaining[i]!;
      const { x1, y1, x2, y2 } = boxes[other]!;
      const width = Math.max(0, Math.min(box.x2, x2) - Math.max(box.x1, x1) + 1);
      const height = Math.max(0, Math.min(box.y2, y2) - Math.max(box.y1, y1) + 1);
      const shared = width * height;
      const whole = measure === 'union' ? areas[best]! + areas[other]! - shared : Math.min(areas[best]!, areas[other]!);
      if (shared / whole <= threshold) next.push(other);
    }
    remaining = next;
  }
  return kept;
}
