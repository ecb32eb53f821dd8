import type { RgbImage } from './rgbImage';

/** First source index, number of taps and 22-bit integer weights of each target pixel along one axis. */
interface Taps {
  readonly first: Int32Array;
  readonly count: Int32Array;
  /** `most` weights for each target pixel. */
  readonly weights: Int32Array;
  readonly most: number;
}

const precisionBits = 22;
const half = 1 << (precisionBits - 1);

function buildTaps(sourceSize: number, targetSize: number): Taps {
  const scale = sourceSize / targetSize;
  const filterScale = Math.max(scale, 1);
  const most = Math.ceil(filterScale) * 2 + 1;
  const first = new Int32Array(targetSize);
  const count = new Int32Array(targetSize);
  const weights = new Int32Array(targetSize * most);
  for (let i = 0; i < targetSize; i++) {
    const center = (i + 0.5) * scale;
    const low = Math.max(Math.trunc(center - filterScale + 0.5), 0);
    const high = Math.min(Math.trunc(center + filterScale + 0.5), sourceSize);
    const raw: number[] = [];
    for (let j = 0; j < high - low; j++) {
      // Pillow multiplies by the reciprocal of the filter's scale rather than dividing by it.
      raw.push(Math.max(0, 1 - Math.abs((j + low - center + 0.5) * (1 / filterScale))));
    }
    const sum = raw.reduce((a, b) => a + b, 0);
    first[i] = low;
    count[i] = raw.length;
    raw.forEach((weight, j) => (weights[i * most + j] = Math.trunc((weight / sum) * (1 << precisionBits) + 0.5)));
  }
  return { first, count, weights, most };
}

const clamp8 = (sum: number): number => {
  const value = sum >> precisionBits;
  return value < 0 ? 0 : value > 255 ? 255 : value;
};

function resizeRows(image: RgbImage, width: number): RgbImage {
  const taps = buildTaps(image.width, width);
  const data = new Uint8Array(width * image.height * 3);
  for (let y = 0; y < image.height; y++) {
    const row = y * image.width * 3;
    for (let x = 0; x < width; x++) {
      let from = row + taps.first[x]! * 3;
      let r = half;
      let g = half;
      let b = half;
      for (let j = 0; j < taps.count[x]!; j++, from += 3) {
        const weight = taps.weights[x * taps.most + j]!;
        r += image.data[from]! * weight;
        g += image.data[from + 1]! * weight;
        b += image.data[from + 2]! * weight;
      }
      const to = (y * width + x) * 3;
      data[to] = clamp8(r);
      data[to + 1] = clamp8(g);
      data[to + 2] = clamp8(b);
    }
  }
  return { width, height: image.height, data };
}

function resizeColumns(image: RgbImage, height: number): RgbImage {
  const taps = buildTaps(image.height, height);
  const stride = image.width * 3;
  const data = new Uint8Array(stride * height);
  const sums = new Int32Array(stride);
  for (let y = 0; y < height; y++) {
    sums.fill(half);
    for (let j = 0; j < taps.count[y]!; j++) {
      const weight = taps.weights[y * taps.most + j]!;
      const from = (taps.first[y]! + j) * stride;
      for (let i = 0; i < stride; i++) sums[i] = sums[i]! + image.data[from + i]! * weight;
    }
    for (let i = 0; i < stride; i++) data[y * stride + i] = clamp8(sums[i]!);
  }
  return { width: image.width, height, data };
}

/**
 * Pillow's BILINEAR resize with antialiasing, which is also scipy's `imresize(…, 'bilinear')` of 8-bit RGB: two passes,
 * horizontal first, 8 bits in between, a pass that changes nothing left out; bit-exact (spec §2.10.2).
 */
export function resizeBilinear(image: RgbImage, width: number, height: number): RgbImage {
  const wide = width === image.width ? image : resizeRows(image, width);
  return height === wide.height ? wide : resizeColumns(wide, height);
}
