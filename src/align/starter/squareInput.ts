import type { RgbImage } from '../../image/rgbImage';

/** A square of an image; parts outside the image are black. */
export interface Square {
  x: number;
  y: number;
  edge: number;
}

/**
 * The square brought to size×size×3 by bilinear sampling without smoothing, corner on corner, as the starter networks
 * were trained: input pixel d lies at d·edge/size. Values become (v − mean[c]) / divisor.
 */
export function squareInput(
  image: RgbImage,
  { x, y, edge }: Square,
  size: number,
  mean: readonly [number, number, number],
  divisor: number,
): Float32Array {
  const columns = axis(x, edge, size);
  const rows = axis(y, edge, size);
  const out = new Float32Array(size * size * 3);
  const { data, width, height } = image;
  const value = (column: number, row: number, channel: number): number =>
    column < 0 || row < 0 || column >= width || row >= height ? 0 : data[(row * width + column) * 3 + channel]!;
  let to = 0;
  for (const row of rows) {
    for (const column of columns) {
      for (let channel = 0; channel < 3; channel++) {
        const top = mix(value(column.low, row.low, channel), value(column.high, row.low, channel), column.share);
        const bottom = mix(value(column.low, row.high, channel), value(column.high, row.high, channel), column.share);
        out[to++] = (mix(top, bottom, row.share) - mean[channel]!) / divisor;
      }
    }
  }
  return out;
}

const mix = (a: number, b: number, share: number): number => a + (b - a) * share;

/** The two pixels on either side of every sample and how much the second one counts. */
function axis(start: number, edge: number, size: number): { low: number; high: number; share: number }[] {
  return Array.from({ length: size }, (_, d) => {
    const position = (d * edge) / size;
    const low = Math.floor(position);
    const high = Math.min(low + 1, Math.ceil(edge) - 1);
    return { low: low + start, high: high + start, share: position - low };
  });
}
