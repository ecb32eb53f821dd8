import { blackImage, type RgbImage } from './rgbImage';

/** Source position of target pixel (x, y): (m0·x + m1·y + m2, m3·x + m4·y + m5). */
export type AffineMap = readonly [number, number, number, number, number, number];

/**
 * A `size`×`size` image whose pixels are looked up bilinearly where `map` sends them; black outside the source.
 * Coordinates are pixel centres: (0, 0) is the centre of the first pixel.
 */
export function similarityWarp(image: RgbImage, map: AffineMap, size: number): RgbImage {
  const out = blackImage(size, size);
  const { width, height, data } = image;
  const at = (x: number, y: number, c: number): number =>
    x < 0 || y < 0 || x >= width || y >= height ? 0 : data[(y * width + x) * 3 + c]!;
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const sx = map[0] * x + map[1] * y + map[2];
      const sy = map[3] * x + map[4] * y + map[5];
      if (sx <= -1 || sy <= -1 || sx >= width || sy >= height) continue;
      const x0 = Math.floor(sx);
      const y0 = Math.floor(sy);
      const fx = sx - x0;
      const fy = sy - y0;
      for (let c = 0; c < 3; c++) {
        const top = at(x0, y0, c) * (1 - fx) + at(x0 + 1, y0, c) * fx;
        const bottom = at(x0, y0 + 1, c) * (1 - fx) + at(x0 + 1, y0 + 1, c) * fx;
        out.data[(y * size + x) * 3 + c] = Math.round(top * (1 - fy) + bottom * fy);
      }
    }
  }
  return out;
}
