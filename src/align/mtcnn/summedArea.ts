import type { RgbImage } from '../../image/rgbImage';

/** The largest sum that an Int32Array holds. */
const mostInt32 = 2 ** 31 - 1;

/**
 * Sums of all pixels above and left of every grid corner (Crow 1984), per channel: the mean of any rectangle then costs
 * four look-ups, however large it is. MTCNN looks at an image some seventy times, at every size.
 */
export class SummedArea {
  private constructor(
    readonly width: number,
    readonly height: number,
    /** (height + 1) rows of (width + 1) corners of three channels. */
    readonly sums: Int32Array | Float64Array,
  ) {}

  /** @param reuse a summed area that is not needed any more; its memory is taken when it fits. */
  static of({ width, height, data }: RgbImage, reuse?: SummedArea): SummedArea {
    const length = (width + 1) * (height + 1) * 3;
    const large = width * height * 255 > mostInt32;
    const fits = reuse?.sums.length === length && reuse.sums instanceof Float64Array === large;
    const sums = fits ? reuse.sums : large ? new Float64Array(length) : new Int32Array(length);
    const stride = (width + 1) * 3;
    for (let y = 0, from = 0; y < height; y++) {
      let red = 0;
      let green = 0;
      let blue = 0;
      let to = (y + 1) * stride + 3;
      for (let x = 0; x < width; x++, from += 3, to += 3) {
        red += data[from]!;
        green += data[from + 1]!;
        blue += data[from + 2]!;
        sums[to] = sums[to - stride]! + red;
        sums[to + 1] = sums[to + 1 - stride]! + green;
        sums[to + 2] = sums[to + 2 - stride]! + blue;
      }
    }
    return new SummedArea(width, height, sums);
  }
}

/**
 * How INTER_AREA divides an axis that shrinks (spec §2.10.1 a): new pixel d is the mean of what lies between two cuts.
 * Cuts that cells share are listed once.
 */
export interface AxisCuts {
  /** Positions on the source axis, in pixels, not whole. */
  position: Float64Array;
  /** Index of each new pixel's first and second cut. */
  begin: Int32Array;
  end: Int32Array;
  /** One over the width of each cell. */
  share: Float64Array;
}

/** A part of a pixel as small as this is left out, as OpenCV does. */
const leastPart = 1e-3;

const keptCuts = new Map<number, AxisCuts>();
const mostKept = 4096;

/** Cuts for `from` pixels that become `to`, 1 ≤ to ≤ from < 2^20; kept for the next picture of the same size. */
export function axisCuts(from: number, to: number): AxisCuts {
  const key = from * 1048576 + to;
  let cuts = keptCuts.get(key);
  if (cuts === undefined) {
    if (keptCuts.size >= mostKept) keptCuts.clear();
    cuts = buildCuts(from, to);
    keptCuts.set(key, cuts);
  }
  return cuts;
}

function buildCuts(from: number, to: number): AxisCuts {
  const scale = 1 / (to / from);
  const positions: number[] = [];
  const cuts = { begin: new Int32Array(to), end: new Int32Array(to), share: new Float64Array(to) };
  const cut = (position: number): number => {
    if (positions.at(-1) !== position) positions.push(position);
    return positions.length - 1;
  };
  for (let d = 0; d < to; d++) {
    const begin = d * scale;
    const end = begin + scale;
    const last = Math.min(Math.floor(end), from - 1);
    const first = Math.min(Math.ceil(begin), last);
    cuts.begin[d] = cut(first - begin > leastPart ? begin : first);
    cuts.end[d] = cut(end - last > leastPart ? Math.min(end, last + 1) : last);
    cuts.share[d] = 1 / Math.min(scale, from - begin);
  }
  return { position: Float64Array.from(positions), ...cuts };
}

/** Cuts as places in a summed area: the corner before each cut and how far the cut lies behind it, 0 … 1. */
export interface PlacedCuts {
  corner: Int32Array;
  rest: Float64Array;
}

/**
 * Moves cuts of a part of an axis to their places on the axis of the image: position p becomes p + offset, and what
 * lies outside [low, high] moves to its edge, so that everything beyond counts as black.
 */
export function placeCuts(position: Float64Array, offset: number, low: number, high: number): PlacedCuts {
  const corner = new Int32Array(position.length);
  const rest = new Float64Array(position.length);
  for (let k = 0; k < position.length; k++) {
    const place = Math.min(Math.max(position[k]! + offset, low), high);
    const before = Math.min(Math.floor(place), high - 1);
    corner[k] = before;
    rest[k] = place - before;
  }
  return { corner, rest };
}

/**
 * The sums above one horizontal cut at all vertical cuts: three values for each of `columns`, interpolated between the
 * four corners around the crossing.
 */
function sumsAlongCut(area: SummedArea, columns: PlacedCuts, row: number, rest: number, out: Float64Array): void {
  const { sums, width } = area;
  const stride = (width + 1) * 3;
  const { corner, rest: across } = columns;
  const above = row * stride;
  for (let k = 0, to = 0; k < corner.length; k++, to += 3) {
    const a = above + corner[k]! * 3;
    const c = a + stride;
    const part = across[k]!;
    // The three channels are spelled out: this is the innermost loop of alignment.
    const red = sums[a]! + (sums[a + 3]! - sums[a]!) * part;
    const green = sums[a + 1]! + (sums[a + 4]! - sums[a + 1]!) * part;
    const blue = sums[a + 2]! + (sums[a + 5]! - sums[a + 2]!) * part;
    out[to] = red + (sums[c]! + (sums[c + 3]! - sums[c]!) * part - red) * rest;
    out[to + 1] = green + (sums[c + 1]! + (sums[c + 4]! - sums[c + 1]!) * part - green) * rest;
    out[to + 2] = blue + (sums[c + 2]! + (sums[c + 5]! - sums[c + 2]!) * part - blue) * rest;
  }
}

/**
 * Means of all cells of a grid, row after row: `emit` gets the three-channel row of new pixel row y.
 * @param columns,rows cuts of the two axes; `x`, `y` their places in the image.
 */
export function forEachMeanRow(
  area: SummedArea,
  columns: AxisCuts,
  x: PlacedCuts,
  rows: AxisCuts,
  y: PlacedCuts,
  emit: (row: Float64Array, y: number) => void,
): void {
  let upper = new Float64Array(x.corner.length * 3);
  let lower = new Float64Array(x.corner.length * 3);
  const means = new Float64Array(columns.begin.length * 3);
  let lowerCut = -1;
  for (let d = 0; d < rows.begin.length; d++) {
    const [begin, end] = [rows.begin[d]!, rows.end[d]!];
    if (begin === lowerCut) [upper, lower] = [lower, upper];
    else sumsAlongCut(area, x, y.corner[begin]!, y.rest[begin]!, upper);
    sumsAlongCut(area, x, y.corner[end]!, y.rest[end]!, lower);
    lowerCut = end;
    subtractSums(columns, upper, lower, rows.share[d]!, means);
    emit(means, d);
  }
}

function subtractSums(
  columns: AxisCuts,
  upper: Float64Array,
  lower: Float64Array,
  rowShare: number,
  means: Float64Array,
): void {
  const { begin, end, share } = columns;
  let right = -1;
  let red = 0;
  let green = 0;
  let blue = 0;
  for (let d = 0, to = 0; d < begin.length; d++, to += 3) {
    const left = begin[d]! * 3;
    // Most cells begin where the one before ends, so that its sums serve again.
    if (left !== right) {
      red = lower[left]! - upper[left]!;
      green = lower[left + 1]! - upper[left + 1]!;
      blue = lower[left + 2]! - upper[left + 2]!;
    }
    right = end[d]! * 3;
    const part = share[d]! * rowShare;
    const nextRed = lower[right]! - upper[right]!;
    const nextGreen = lower[right + 1]! - upper[right + 1]!;
    const nextBlue = lower[right + 2]! - upper[right + 2]!;
    means[to] = (nextRed - red) * part;
    means[to + 1] = (nextGreen - green) * part;
    means[to + 2] = (nextBlue - blue) * part;
    red = nextRed;
    green = nextGreen;
    blue = nextBlue;
  }
}
