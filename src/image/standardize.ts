import type { Standardization } from '../protocol/recipe';
import type { RgbImage } from './rgbImage';

/** Mean colour that dlib's face recognition network was trained with (R, G, B). */
const dlibMean = [122.782, 117.001, 104.298] as const;

/** What makes network input of an image's pixels: (x − the one of its channel) · scale. */
export interface Standard {
  /** Of R, G, B. */
  readonly centre: readonly [number, number, number];
  readonly scale: number;
}

/**
 * The standard of an image's pixels (H, W, C): `fixed` (x − 127.5)/128; `per_image` (x − mean)/max(std, 1/√n) with the
 * population's standard deviation over all pixels and channels, zeros of padding included (spec §3.1); `dlib`
 * (x − mean colour)/256.
 */
export function standardOf(pixels: Uint8Array, kind: Standardization): Standard {
  switch (kind) {
    case 'fixed':
      return { centre: [127.5, 127.5, 127.5], scale: 1 / 128 };
    case 'dlib':
      return { centre: dlibMean, scale: 1 / 256 };
    case 'per_image': {
      const { mean, deviation } = moments(pixels);
      return { centre: [mean, mean, mean], scale: 1 / Math.max(deviation, 1 / Math.sqrt(pixels.length)) };
    }
  }
}

/** Writes the image as network input, float32 in the image's own order (H, W, C), at `offset` of `out`. */
export function standardize(
  { data }: Pick<RgbImage, 'data'>,
  kind: Standardization,
  out: Float32Array,
  offset = 0,
): void {
  const {
    centre: [red, green, blue],
    scale,
  } = standardOf(data, kind);
  for (let i = 0; i < data.length; i += 3) {
    out[offset + i] = (data[i]! - red) * scale;
    out[offset + i + 1] = (data[i + 1]! - green) * scale;
    out[offset + i + 2] = (data[i + 2]! - blue) * scale;
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
