import type { Box } from '../face';

/**
 * Where a box lies in the image and where the image part lies in the box's patch; 0-based, sizes in pixels.
 * What the image does not cover stays black.
 */
export interface PatchRegion {
  /** Size of the patch: the whole box. */
  width: number;
  height: number;
  /** First pixel of the patch that the image covers. */
  left: number;
  top: number;
  /** The covering part of the image. */
  imageX: number;
  imageY: number;
  imageWidth: number;
  imageHeight: number;
}

/**
 * `pad` (spec §2.8) for a box with integer, 1-based corners, both included. Undefined for a box without pixels in the
 * image, on which the reference crashes. A square made by `rerec` and truncated may be a pixel off square.
 */
export function patchRegion({ x1, y1, x2, y2 }: Box, imageWidth: number, imageHeight: number): PatchRegion | undefined {
  const fromX = Math.max(x1, 1);
  const fromY = Math.max(y1, 1);
  const toX = Math.min(x2, imageWidth);
  const toY = Math.min(y2, imageHeight);
  if (toX < fromX || toY < fromY) return undefined;
  return {
    width: x2 - x1 + 1,
    height: y2 - y1 + 1,
    left: fromX - x1,
    top: fromY - y1,
    imageX: fromX - 1,
    imageY: fromY - 1,
    imageWidth: toX - fromX + 1,
    imageHeight: toY - fromY + 1,
  };
}
