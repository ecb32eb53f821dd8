import { similarityWarp } from '../image/warp';
import type { RgbImage } from '../image/rgbImage';
import type { Chip } from '../protocol/chip';
import type { Box, FacePoints, Point } from './face';

/** Edge of the chip that the points below are given in, pixels. */
const chipEdge = 150;

/** The middles of the eyes in dlib's mean face, of which the chip shows a quarter more on every side. */
const eyes: readonly Point[] = [
  { x: 47.7, y: 47.1 },
  { x: 100.3, y: 47.1 },
];
const noseBase: Point = { x: 74.0, y: 87.8 };
/**
 * The tip as detectors of five points give it. Of 76.6 (the tip in the mean face of 68 points), 78, 80, 82, 84 and 87.8 this height was
 * the best with MTCNN's landmarks, measured on three folds of LFW (docs/recognize.md).
 */
const noseTip: Point = { x: 74.0, y: 80.0 };
/** The corners of the eyes from left to right in the same face, and the base of the nose. */
const eyesAndNoseBase: readonly Point[] = [
  { x: 37.1, y: 46.4 },
  { x: 58.4, y: 47.9 },
  { x: 89.6, y: 47.9 },
  { x: 111.0, y: 46.3 },
  noseBase,
];

/** Points of a face and where the chip has them, pixels of a chip of `chipEdge`. */
function chipPoints(
  { landmarks, eyesAndNoseBase: found }: FacePoints,
  chip: Chip,
): [readonly Point[], readonly Point[]] {
  if (chip === 'tip-at-base') return [landmarks.slice(0, 3), [...eyes, noseBase]];
  return found === undefined ? [landmarks.slice(0, 3), [...eyes, noseTip]] : [found, eyesAndNoseBase];
}

/** x' = a·x − b·y + tx, y' = b·x + a·y + ty: rotation, one scale for both axes, shift. */
export interface Similarity {
  a: number;
  b: number;
  tx: number;
  ty: number;
}

/**
 * The similarity that brings `from` nearest to `to` in the sense of least squares (Umeyama 1991, in closed form for the
 * plane). Undefined when all of `from` is one point.
 */
export function fitSimilarity(from: readonly Point[], to: readonly Point[]): Similarity | undefined {
  const centreFrom = centre(from);
  const centreTo = centre(to);
  let spread = 0;
  let dot = 0;
  let cross = 0;
  from.forEach((point, index) => {
    const [x, y] = [point.x - centreFrom.x, point.y - centreFrom.y];
    const [u, v] = [to[index]!.x - centreTo.x, to[index]!.y - centreTo.y];
    spread += x * x + y * y;
    dot += x * u + y * v;
    cross += x * v - y * u;
  });
  if (!(spread > 0)) return undefined;
  const a = dot / spread;
  const b = cross / spread;
  return {
    a,
    b,
    tx: centreTo.x - a * centreFrom.x + b * centreFrom.y,
    ty: centreTo.y - b * centreFrom.x - a * centreFrom.y,
  };
}

function centre(points: readonly Point[]): Point {
  const sum = points.reduce((total, { x, y }) => ({ x: total.x + x, y: total.y + y }), { x: 0, y: 0 });
  return { x: sum.x / points.length, y: sum.y / points.length };
}

/** From pixels of a chip of `size`² to pixels of the image; undefined when the landmarks fall together. */
export function chipToImage(face: FacePoints, chip: Chip, size: number): Similarity | undefined {
  const scale = size / chipEdge;
  const [points, places] = chipPoints(face, chip);
  const toChip = fitSimilarity(
    points,
    places.map(({ x, y }) => ({ x: x * scale, y: y * scale })),
  );
  if (toChip === undefined) return undefined;
  const { a, b, tx, ty } = toChip;
  const determinant = a * a + b * b;
  if (!(determinant > 0)) return undefined;
  return {
    a: a / determinant,
    b: -b / determinant,
    tx: -(a * tx + b * ty) / determinant,
    ty: (b * tx - a * ty) / determinant,
  };
}

/** The upright chip of a face; pixels outside the image are black. */
export function extractChip(image: RgbImage, toImage: Similarity, size: number): RgbImage {
  const { a, b, tx, ty } = toImage;
  return similarityWarp(image, [a, -b, tx, b, a, ty], size);
}

/** The smallest rectangle of whole image pixels around a chip, cut at the image's edges. */
export function chipRectangle(toImage: Similarity, size: number, imageWidth: number, imageHeight: number): Box {
  const { a, b, tx, ty } = toImage;
  const corners = [0, size].flatMap((x) => [0, size].map((y) => ({ x: a * x - b * y + tx, y: b * x + a * y + ty })));
  const xs = corners.map(({ x }) => x);
  const ys = corners.map(({ y }) => y);
  return {
    x1: Math.trunc(Math.max(Math.min(...xs), 0)),
    y1: Math.trunc(Math.max(Math.min(...ys), 0)),
    x2: Math.trunc(Math.min(Math.max(...xs), imageWidth)),
    y2: Math.trunc(Math.min(Math.max(...ys), imageHeight)),
  };
}
