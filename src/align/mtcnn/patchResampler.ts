import type { RgbImage } from '../../image/rgbImage';
import type { PatchRegion } from './padding';
import { axisCuts, forEachMeanRow, placeCuts, type SummedArea } from './summedArea';

/** Two neighbours and the weight of the second one, for an axis of a patch that grows (spec §2.10.1 b). */
interface Neighbours {
  low: Int32Array;
  high: Int32Array;
  share: Float64Array;
}

/**
 * Cuts a box out of an image and brings it to size×size, without the padded float64 patch in between: the values of
 * OpenCV's INTER_AREA for float64 pixels (spec §2.10.1), normalised to (v − 127.5) / 128.
 * Writes size·size·3 values [y, x, channel] at `offset` of `out`.
 */
export function resamplePatch(
  image: RgbImage,
  area: SummedArea,
  region: PatchRegion,
  size: number,
  out: Float32Array,
  offset: number,
): void {
  if (region.width < size || region.height < size) enlarge(image, region, size, out, offset);
  else shrink(area, region, size, out, offset);
}

function shrink(area: SummedArea, region: PatchRegion, size: number, out: Float32Array, offset: number): void {
  const { imageX, imageY } = region;
  const columns = axisCuts(region.width, size);
  const rows = axisCuts(region.height, size);
  const x = placeCuts(columns.position, imageX - region.left, imageX, imageX + region.imageWidth);
  const y = placeCuts(rows.position, imageY - region.top, imageY, imageY + region.imageHeight);
  forEachMeanRow(area, columns, x, rows, y, (means, row) => {
    let to = offset + row * size * 3;
    for (let i = 0; i < means.length; i++) out[to++] = (means[i]! - 127.5) * 0.0078125;
  });
}

function enlarge(image: RgbImage, region: PatchRegion, size: number, out: Float32Array, offset: number): void {
  const columns = neighbours(region.width, size);
  const rows = neighbours(region.height, size);
  const { data } = image;
  const stride = image.width * 3;
  const origin = (region.imageY - region.top) * stride + (region.imageX - region.left) * 3;
  const hasRow = (row: number): boolean => row >= region.top && row < region.top + region.imageHeight;
  const hasColumn = (column: number): boolean => column >= region.left && column < region.left + region.imageWidth;
  for (let y = 0, to = offset; y < size; y++) {
    const [top, bottom, down] = [rows.low[y]!, rows.high[y]!, rows.share[y]!];
    // A pixel outside the image is black: any pixel inside counts for it, with weight 0.
    const topShare = hasRow(top) ? 1 - down : 0;
    const bottomShare = hasRow(bottom) ? down : 0;
    const above = origin + (hasRow(top) ? top : region.top) * stride;
    const below = origin + (hasRow(bottom) ? bottom : region.top) * stride;
    for (let x = 0; x < size; x++) {
      const [left, right, across] = [columns.low[x]!, columns.high[x]!, columns.share[x]!];
      const leftShare = hasColumn(left) ? 1 - across : 0;
      const rightShare = hasColumn(right) ? across : 0;
      const leftAt = (hasColumn(left) ? left : region.left) * 3;
      const rightAt = (hasColumn(right) ? right : region.left) * 3;
      for (let channel = 0; channel < 3; channel++) {
        const upper = data[above + leftAt + channel]! * leftShare + data[above + rightAt + channel]! * rightShare;
        const lower = data[below + leftAt + channel]! * leftShare + data[below + rightAt + channel]! * rightShare;
        out[to++] = (upper * topShare + lower * bottomShare - 127.5) * 0.0078125;
      }
    }
  }
}

function neighbours(from: number, to: number): Neighbours {
  const inverse = to / from;
  const scale = 1 / inverse;
  const result = { low: new Int32Array(to), high: new Int32Array(to), share: new Float64Array(to) };
  for (let d = 0; d < to; d++) {
    const s = Math.min(Math.floor(d * scale), from - 1);
    const fraction = Math.fround(d + 1 - (s + 1) * inverse);
    result.low[d] = s;
    result.high[d] = Math.min(s + 1, from - 1);
    result.share[d] = s === from - 1 || fraction <= 0 ? 0 : Math.fround(fraction - Math.floor(fraction));
  }
  return result;
}
