// The head as a surface in space, so that every feature moves as it should when the head turns.
import type { FaceShape } from '../person';
import type { Point } from './svg';

/** How the head is held and where it is in the picture. Angles in radians; x to the right of the picture, y down. */
export interface Pose {
  /** Positive turns the face to the right of the picture. */
  yaw: number;
  /** Positive turns it down. */
  pitch: number;
  /** Positive is clockwise. */
  roll: number;
  /** Pixels per unit; the face is about two units wide. */
  scale: number;
  /** Where the point between the eyes is, pixels. */
  centre: Point;
}

type Knots = readonly (readonly [number, number])[];

/** Linear between the knots, constant outside them; outlines drawn through its values are smoothed as curves. */
function along(knots: Knots, y: number): number {
  if (y <= knots[0]![0]) return knots[0]![1];
  for (let i = 1; i < knots.length; i++) {
    const [y1, v1] = knots[i]!;
    const [y0, v0] = knots[i - 1]!;
    if (y <= y1) {
      const share = (y - y0) / (y1 - y0);
      return v0 + (v1 - v0) * share;
    }
  }
  return knots[knots.length - 1]![1];
}

/** Depth of the front of a mean face at its middle, and the middle of each horizontal section, by height. */
const frontDepth: Knots = [
  [-1.62, 0.1],
  [-1.4, 0.45],
  [-0.9, 0.74],
  [-0.3, 0.8],
  [0.3, 0.76],
  [0.9, 0.66],
  [1.4, 0.46],
  [1.64, 0.2],
];
const sectionCentre: Knots = [
  [-1.62, -0.2],
  [-0.5, -0.05],
  [0.3, 0.05],
  [1.0, 0.2],
  [1.64, 0.34],
];

/** Units: half the width of a mean face; the origin lies between the eyes. */
export class Head {
  private readonly widths: Knots;
  /** Height of the chin below the eyes. */
  readonly chin: number;

  constructor(
    private readonly shape: FaceShape,
    readonly pose: Pose,
  ) {
    const { width, jaw, chinWidth, length, cheeks } = shape;
    this.chin = 1.64 * length;
    this.widths = [
      [-1.64, 0.05],
      [-1.58, 0.3 * width],
      [-1.45, 0.52 * width],
      [-1.2, 0.76 * width],
      [-0.9, 0.9 * width],
      [-0.45, 0.98 * width],
      [0.05, 1.0 * width],
      [0.35 * length, 0.97 * width * cheeks],
      [0.7 * length, 0.9 * width * cheeks * (0.5 + 0.5 * jaw)],
      [1.0 * length, 0.8 * width * jaw],
      [1.25 * length, 0.65 * width * jaw],
      [1.45 * length, 0.43 * width * chinWidth],
      [1.58 * length, 0.24 * width * chinWidth],
      [1.63 * length, 0.08],
    ];
  }

  /** Half the width of the head at height `y`. */
  halfWidth(y: number): number {
    return along(this.widths, y);
  }

  /** A point on the front surface; `lift` moves it out of the surface (the nose, glasses). */
  surface(x: number, y: number, lift = 0): Point {
    const share = Math.min(Math.abs(x) / Math.max(this.halfWidth(y), 0.05), 1);
    const z = along(sectionCentre, y) + along(frontDepth, y) * Math.sqrt(1 - share * share);
    return this.project(x, y, z + lift);
  }

  /** Any point of the head's space in pixels of the picture, with a little perspective. */
  project(x: number, y: number, z: number): Point {
    const { yaw, pitch, roll, scale, centre } = this.pose;
    const turnedX = x * Math.cos(yaw) + z * Math.sin(yaw);
    const turnedZ = z * Math.cos(yaw) - x * Math.sin(yaw);
    const tiltedY = y * Math.cos(pitch) + turnedZ * Math.sin(pitch);
    const tiltedZ = turnedZ * Math.cos(pitch) - y * Math.sin(pitch);
    const nearness = scale / (1 - 0.07 * tiltedZ);
    const [u, v] = [turnedX * nearness, tiltedY * nearness];
    return {
      x: centre.x + u * Math.cos(roll) - v * Math.sin(roll),
      y: centre.y + u * Math.sin(roll) + v * Math.cos(roll),
    };
  }

  /** Points of the outline of the skin from the crown down one side (−1 left, 1 right) to the chin. */
  sideOutline(side: -1 | 1, grow = 0, from = -1.62, to = this.chin, steps = 22): Point[] {
    const { yaw } = this.pose;
    const points: Point[] = [];
    for (let i = 0; i <= steps; i++) {
      const y = from + ((to - from) * i) / steps;
      const width = this.halfWidth(y) + grow;
      const away = side * Math.sin(yaw) > 0;
      // On the side that turns away the cheek is the outline; on the near side the skin ends before the ear.
      const depth = along(frontDepth, y) * (away ? 1 : 0.6);
      const extent = Math.hypot(width * Math.cos(yaw), depth * Math.sin(yaw));
      const middle = along(sectionCentre, y);
      points.push(this.projectTurned(side * extent + middle * Math.sin(yaw), y, middle));
    }
    return points;
  }

  /** The closed outline of the skin. */
  outline(grow = 0): Point[] {
    const left = this.sideOutline(-1, grow);
    const right = this.sideOutline(1, grow);
    return [...right, ...left.reverse()];
  }

  /** Like `project`, for an x that is already turned. */
  private projectTurned(turnedX: number, y: number, z: number): Point {
    const { pitch, roll, scale, centre } = this.pose;
    const v = (y * Math.cos(pitch) + z * Math.sin(pitch)) * scale;
    const u = turnedX * scale;
    return {
      x: centre.x + u * Math.cos(roll) - v * Math.sin(roll),
      y: centre.y + u * Math.sin(roll) + v * Math.cos(roll),
    };
  }

  get faceWidth(): number {
    return this.shape.width;
  }
}
