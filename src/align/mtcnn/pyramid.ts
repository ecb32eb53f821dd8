/** Constants of the reference aligner (spec §2.2). */
const minimumFace = 20;
const pyramidFactor = 0.709;
/** Edge of the picture part that PNet looks at, pixels. */
export const pnetWindow = 12;

export interface PyramidLevel {
  /** Level pixels per image pixel, before the size is rounded up. */
  scale: number;
  width: number;
  height: number;
}

/**
 * Sizes at which PNet sees the image, the largest first; none when the image is smaller than the smallest face.
 * The limit shrinks by repeated multiplication while the scale is a power, as in the reference (spec §2.5).
 */
export function pyramidLevels(
  width: number,
  height: number,
  minSize: number = minimumFace,
  factor: number = pyramidFactor,
): PyramidLevel[] {
  const base = pnetWindow / minSize;
  const levels: PyramidLevel[] = [];
  for (let limit = Math.min(width, height) * base; limit >= pnetWindow; limit *= factor) {
    const scale = base * Math.pow(factor, levels.length);
    levels.push({ scale, width: Math.ceil(width * scale), height: Math.ceil(height * scale) });
  }
  return levels;
}
