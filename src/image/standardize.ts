import type { Standardization } from '../protocol/recipe';
import type { RgbImage } from './rgbImage';

/** Mean colour that dlib's face recognition network was trained with (R, G, B). */
const dlibMean = [122.782, 117.001, 104.298] as const;

/**
 * Writes the image as network input, float32 in the image's own order (H, W, C), at `offset` of `out`.
 * `fixed` (x − 127.5)/128; `per_image` (x − mean)/max(std, 1/√n) with the population's standard deviation over all pixels
 * and channels, zeros of padding included (spec §3.1); `dlib` (x − mean colour)/256.
 */
export function standardize(image: RgbImage, kind: Standardization, out: Float32Array, offset = 0): void {
  const { data } = image;
  switch (kind) {
    case 'fixed':
      for (let i = 0; i < data.length; i++) out[offset + i] = (data[i]! - 127.5) / 128;
      return;
    case 'dlib':
      for (let i = 0; i < data.length; i++) out[offset + i] = (data[i]! - dlibMean[i % 3]!) / 256;
      return;
    case 'per_image': {
      const { mean, deviation } = moments(data);
      const scale = 1 / Math.max(deviation, 1 / Math.sqrt(data.length));
      for (let i = 0; i < data.length; i++) out[offset + i] = (data[i]! - mean) * scale;
      return;
    }
  }
}

/** Mean and population standard deviation; sums of bytes are exact in doubles. */
function moments(data: Uint8Array): { mean: number; deviation: number } {
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < data.length; i++) {
    sum += data[i]!;
    squares += data[i]! * data[i]!;
  }
  const mean = sum / data.length;
  return { mean, deviation: Math.sqrt(Math.max(0, squares / data.length - mean * mean)) };
}
