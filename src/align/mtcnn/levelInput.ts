import { resizeAreaUint8 } from '../../image/resizeArea';
import type { RgbImage } from '../../image/rgbImage';
import { axisCuts, forEachMeanRow, placeCuts, type SummedArea } from './summedArea';

/** (v − 127.5) / 128 for every 8-bit value. */
const normalized = Float32Array.from({ length: 256 }, (_, value) => (value - 127.5) * 0.0078125);

/** Bound of the rounding errors that OpenCV's float32 sums collect per weight: a few units in the last place of 256. */
const errorPerWeight = 3e-5;

/** OpenCV's test for sizes that differ by a whole factor; it then takes plain means of blocks. */
function isWholeFactor(from: number, to: number): boolean {
  const ratio = 1 / (to / from);
  return Math.abs(ratio - Math.round(ratio)) < 2.22e-16;
}

/**
 * A level of the pyramid as PNet's input [height, width, 3]: INTER_AREA to whole grey values, then normalised (spec
 * §2.5). Gives the values of `resizeAreaUint8` bit for bit, but from exact means, and repeats OpenCV's float32
 * arithmetic only for the few values whose rounding could depend on it.
 * @param area the summed area of `image`.
 * @param out written to and returned.
 */
export function levelInput(
  image: RgbImage,
  area: SummedArea,
  width: number,
  height: number,
  out: Float32Array = new Float32Array(width * height * 3),
): Float32Array {
  if (isWholeFactor(image.width, width) && isWholeFactor(image.height, height)) {
    resizeAreaUint8(image, width, height).data.forEach((value, i) => (out[i] = normalized[value]!));
    return out;
  }
  const columns = axisCuts(image.width, width);
  const rows = axisCuts(image.height, height);
  const x = placeCuts(columns.position, 0, 0, image.width);
  const y = placeCuts(rows.position, 0, 0, image.height);
  const doubtful = errorPerWeight * (image.width / width + image.height / height + 4);
  const weights = { columns: axisWeights(image.width, width), rows: axisWeights(image.height, height) };
  forEachMeanRow(area, columns, x, rows, y, (means, row) => {
    let to = row * width * 3;
    for (let i = 0; i < means.length; i++) {
      const raised = means[i]! + 0.5;
      let rounded = raised | 0;
      const part = raised - rounded;
      if (part < doubtful || part > 1 - doubtful) rounded = asOpenCv(image, weights.columns, weights.rows, i, row);
      out[to++] = normalized[rounded]!;
    }
  });
  return out;
}

/** Visits the source pixels of one new pixel with their float32 weights, in OpenCV's order. */
type AxisWeights = (d: number, visit: (source: number, weight: number) => void) => void;

function axisWeights(from: number, to: number): AxisWeights {
  const scale = 1 / (to / from);
  return (d, visit) => {
    const begin = d * scale;
    const end = begin + scale;
    const cell = Math.min(scale, from - begin);
    const last = Math.min(Math.floor(end), from - 1);
    const first = Math.min(Math.ceil(begin), last);
    if (first - begin > 1e-3) visit(first - 1, Math.fround((first - begin) / cell));
    for (let source = first; source < last; source++) visit(source, Math.fround(1 / cell));
    if (end - last > 1e-3) visit(last, Math.fround(Math.min(Math.min(end - last, 1), cell) / cell));
  };
}

/** One value with OpenCV's float32 sums, rounded half to even; `i` counts values in row `y`. */
function asOpenCv(image: RgbImage, columns: AxisWeights, rows: AxisWeights, i: number, y: number): number {
  const x = Math.trunc(i / 3);
  const channel = i - x * 3;
  let sum = 0;
  rows(y, (source, weight) => {
    const begin = source * image.width * 3 + channel;
    let across = 0;
    columns(x, (column, share) => {
      across = Math.fround(across + Math.fround(image.data[begin + column * 3]! * share));
    });
    sum = Math.fround(sum + Math.fround(weight * across));
  });
  const rounded = Math.round(sum);
  return Math.min(rounded - sum === 0.5 && rounded % 2 === 1 ? rounded - 1 : rounded, 255);
}
