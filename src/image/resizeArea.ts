import type { RgbImage } from './rgbImage';
import { rint } from './rounding';

/**
 * Which source pixels make each target pixel along one axis, and with what float32 weight: the table that OpenCV builds
 * for INTER_AREA (spec §2.10.1).
 */
interface AreaTable {
  readonly target: Int32Array;
  readonly source: Int32Array;
  readonly weight: Float32Array;
}

const tables = new Map<string, AreaTable>();
const mostTables = 512;

export function areaTable(sourceSize: number, targetSize: number): AreaTable {
  const key = `${sourceSize}>${targetSize}`;
  let table = tables.get(key);
  if (table === undefined) {
    if (tables.size >= mostTables) tables.clear();
    table = buildAreaTable(sourceSize, targetSize);
    tables.set(key, table);
  }
  return table;
}

function buildAreaTable(sourceSize: number, targetSize: number): AreaTable {
  const scale = 1 / (targetSize / sourceSize);
  const target: number[] = [];
  const source: number[] = [];
  const weight: number[] = [];
  const add = (d: number, s: number, w: number): void => {
    target.push(d);
    source.push(s);
    weight.push(w);
  };
  for (let d = 0; d < targetSize; d++) {
    const begin = d * scale;
    const end = begin + scale;
    const cell = Math.min(scale, sourceSize - begin);
    const last = Math.min(Math.floor(end), sourceSize - 1);
    const first = Math.min(Math.ceil(begin), last);
    if (first - begin > 1e-3) add(d, first - 1, (first - begin) / cell);
    for (let s = first; s < last; s++) add(d, s, 1 / cell);
    if (end - last > 1e-3) add(d, last, Math.min(Math.min(end - last, 1), cell) / cell);
  }
  return { target: Int32Array.from(target), source: Int32Array.from(source), weight: Float32Array.from(weight) };
}

/** OpenCV's test for a whole factor between two sizes. */
export function wholeFactor(sourceSize: number, targetSize: number): number | undefined {
  const scale = 1 / (targetSize / sourceSize);
  const factor = rint(scale);
  return Math.abs(scale - factor) < 2.220446049250313e-16 ? factor : undefined;
}

/**
 * `cv2.resize(…, INTER_AREA)` of an 8-bit image that gets smaller (or stays) on both axes; bit-exact (spec §2.10.1 a).
 * @param out buffer of width · height · 3 bytes to write into; a new one by default.
 * @throws RangeError where an axis would grow: the detector never enlarges 8-bit images.
 */
export function resizeAreaUint8(
  image: RgbImage,
  width: number,
  height: number,
  out: Uint8Array = new Uint8Array(width * height * 3),
): RgbImage {
  if (width > image.width || height > image.height) {
    throw new RangeError(`area resize of ${image.width}×${image.height} to ${width}×${height} would enlarge`);
  }
  if (width === image.width && height === image.height) {
    out.set(image.data);
    return { width, height, data: out };
  }
  const factorX = wholeFactor(image.width, width);
  const factorY = wholeFactor(image.height, height);
  if (factorX !== undefined && factorY !== undefined) blockMeans(image, width, height, factorX, factorY, out);
  else weightedMeans(image, width, height, out);
  return { width, height, data: out };
}

function blockMeans(image: RgbImage, width: number, height: number, fx: number, fy: number, out: Uint8Array): void {
  const scale = Math.fround(1 / (fx * fy));
  const stride = image.width * 3;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < 3; c++) {
        let sum = 0;
        for (let j = 0; j < fy; j++) {
          const row = (y * fy + j) * stride + x * fx * 3 + c;
          for (let i = 0; i < fx; i++) sum += image.data[row + 3 * i]!;
        }
        const mean = fx === 2 && fy === 2 ? (sum + 2) >> 2 : rint(Math.fround(Math.fround(sum) * scale));
        out[(y * width + x) * 3 + c] = Math.min(255, mean);
      }
    }
  }
}

let rowSum = new Float32Array(0);
let total = new Float32Array(0);

function weightedMeans(image: RgbImage, width: number, height: number, out: Uint8Array): void {
  const columns = areaTable(image.width, width);
  const rows = areaTable(image.height, height);
  const values = width * 3;
  if (rowSum.length < values) {
    rowSum = new Float32Array(values);
    total = new Float32Array(values);
  }
  let summedRow = -1;
  let current = 0;
  for (let k = 0; k < rows.target.length; k++) {
    const target = rows.target[k]!;
    // A source row on the border of two target rows is summed horizontally once for both.
    if (rows.source[k]! !== summedRow) {
      summedRow = rows.source[k]!;
      sumRow(image.data, summedRow * image.width * 3, columns, rowSum, values);
    }
    const weight = rows.weight[k]!;
    if (target !== current || k === 0) {
      if (k > 0) storeRow(total, out, current * values, values);
      for (let i = 0; i < values; i++) total[i] = weight * rowSum[i]!;
      current = target;
    } else {
      for (let i = 0; i < values; i++) total[i] = total[i]! + Math.fround(weight * rowSum[i]!);
    }
  }
  storeRow(total, out, current * values, values);
}

/** Weighted sums along one row in float32, in the order of the table. */
function sumRow(data: Uint8Array, row: number, columns: AreaTable, sums: Float32Array, values: number): void {
  const { target, source, weight } = columns;
  sums.fill(0, 0, values);
  for (let k = 0; k < target.length; k++) {
    const to = target[k]! * 3;
    const from = row + source[k]! * 3;
    const w = weight[k]!;
    sums[to] = sums[to]! + Math.fround(data[from]! * w);
    sums[to + 1] = sums[to + 1]! + Math.fround(data[from + 1]! * w);
    sums[to + 2] = sums[to + 2]! + Math.fround(data[from + 2]! * w);
  }
}

function storeRow(sums: Float32Array, out: Uint8Array, offset: number, values: number): void {
  for (let i = 0; i < values; i++) {
    const rounded = rint(sums[i]!);
    out[offset + i] = rounded > 255 ? 255 : rounded;
  }
}
