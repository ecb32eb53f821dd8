import type { RgbImage } from '../image/rgbImage';

export interface Point {
  x: number;
  y: number;
}

/** Corners in pixels of the image; fractions and coordinates outside the image are possible. */
export interface Box {
  x1: number;
  y1: number;
  x2: number;
  y2: number;
}

/** Left eye, right eye, nose tip, left and right corner of the mouth, as seen in the picture. */
export type Landmarks = readonly [Point, Point, Point, Point, Point];

/** Corners of the eyes from left to right as seen in the picture, and the base of the nose: dlib's five points. */
export type EyesAndNoseBase = readonly [Point, Point, Point, Point, Point];

/** Where a detector sees the points of a face. */
export interface FacePoints {
  landmarks: Landmarks;
  /** Absent where the detector does not find them. */
  eyesAndNoseBase?: EyesAndNoseBase;
}

export interface Face extends Box, FacePoints {
  /** Probability of being a face, 0 … 1. */
  score: number;
}

/** Finds faces; one call at a time. */
export interface FaceDetector {
  readonly name: 'mtcnn' | 'starter';
  /** All faces, the most certain first; none is an empty array. */
  detect(image: RgbImage): Promise<Face[]>;
  dispose(): Promise<void>;
}
