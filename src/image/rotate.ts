import { blackImage, type RgbImage } from './rgbImage';

/** The cubic of Pillow's transforms (a = −1; its resize uses −0.5). */
function cubic(v1: number, v2: number, v3: number, v4: number, d: number): number {
  const p1 = v2;
  const p2 = -v1 + v3;
  const p3 = 2 * (v1 - v2) + v3 - v4;
  const p4 = -v1 + v2 - v3 + v4;
  return p1 + d * (p2 + d * (p3 + d * p4));
}

/**
 * Rotates counter-clockwise about the centre by `degrees`, bicubic, same size, black corners: the reference's random
 * rotation (spec §3.1 step 2, Pillow's `rotate(angle, BICUBIC)`), equal to Pillow's value by value: like there, the
 * matrix has 15 decimals and the result is cut to whole numbers, not rounded.
 */
export function rotate(image: RgbImage, degrees: number): RgbImage {
  const { width, height, data } = image;
  const out = blackImage(width, height);
  const angle = (-degrees * Math.PI) / 180;
  const cos = Number(Math.cos(angle).toFixed(15));
  const sin = Number(Math.sin(angle).toFixed(15));
  const centerX = width / 2;
  const centerY = height / 2;
  const clampX = (x: number): number => Math.min(Math.max(x, 0), width - 1);
  const clampY = (y: number): number => Math.min(Math.max(y, 0), height - 1);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const dx = x + 0.5 - centerX;
      const dy = y + 0.5 - centerY;
      const sx = cos * dx + sin * dy + centerX;
      const sy = -sin * dx + cos * dy + centerY;
      if (sx < 0 || sx >= width || sy < 0 || sy >= height) continue;
      const x0 = Math.floor(sx - 0.5);
      const y0 = Math.floor(sy - 0.5);
      const fx = sx - 0.5 - x0;
      const fy = sy - 0.5 - y0;
      for (let c = 0; c < 3; c++) {
        const row = (offset: number): number => {
          const base = clampY(y0 + offset) * width;
          const pixel = (i: number): number => data[(base + clampX(x0 + i)) * 3 + c]!;
          return cubic(pixel(-1), pixel(0), pixel(1), pixel(2), fx);
        };
        const value = cubic(row(-1), row(0), row(1), row(2), fy);
        out.data[(y * width + x) * 3 + c] = Math.min(255, Math.max(0, Math.trunc(value)));
      }
    }
  }
  return out;
}
