import { cropRegion } from '../image/crop';
import { resizeBilinear } from '../image/resizeBilinear';
import type { RgbImage } from '../image/rgbImage';
import type { Box } from './face';

/** Whole pixels of an image; x2 and y2 are the first ones outside. */
export type Rectangle = Box;

/** The box with half the margin on each side, cut at the image's edges and rounded towards zero (spec §2.4). */
export function marginRectangle(box: Box, margin: number, imageWidth: number, imageHeight: number): Rectangle {
  return {
    x1: Math.trunc(Math.max(box.x1 - margin / 2, 0)),
    y1: Math.trunc(Math.max(box.y1 - margin / 2, 0)),
    x2: Math.trunc(Math.min(box.x2 + margin / 2, imageWidth)),
    y2: Math.trunc(Math.min(box.y2 + margin / 2, imageHeight)),
  };
}

export function isEmpty({ x1, y1, x2, y2 }: Rectangle): boolean {
  return x2 <= x1 || y2 <= y1;
}

/** The rectangle brought to size×size with Pillow's bilinear filter; the aspect ratio is not kept (spec §2.4). */
export function cropToSquare(image: RgbImage, { x1, y1, x2, y2 }: Rectangle, size: number): RgbImage {
  return resizeBilinear(cropRegion(image, x1, y1, x2 - x1, y2 - y1), size, size);
}
