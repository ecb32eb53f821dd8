import type { CropSettings } from '../alignFaces';
import type { DetectorSource } from '../createDetector';
import type { Rectangle } from '../cropFace';
import type { Face } from '../face';

/** How photographs are read and faces are cut out of them. */
export interface AlignSettings extends CropSettings {
  /** A photograph is turned as its EXIF orientation says; the reference takes its pixels as they lie (spec §2.3). */
  upright: boolean;
}

/** What a worker thread is started with. */
export interface WorkerSetup {
  detector: DetectorSource;
  settings: AlignSettings;
  /** One flag that all threads see: not 0 once the run is being stopped. */
  stopped?: Int32Array;
}

/** One photograph to align; paths are absolute. */
export interface AlignTask {
  id: number;
  source: string;
  /** Where the face goes, without `.png`; the class folder exists. */
  targetStem: string;
  /** A crop that is there is what a killed attempt has left, and is made again. */
  again?: boolean;
}

/** Width and height of a photograph as faces were looked for in it. */
export type PixelSize = [width: number, height: number];

export type ImageOutcome =
  | { kind: 'aligned'; faces: { path: string; rectangle: Rectangle; face: Face }[]; found: number; size: PixelSize }
  /** A former run has done it. */
  | { kind: 'present' }
  | { kind: 'noFace'; size: PixelSize }
  /** Not begun, because the run is being stopped. */
  | { kind: 'skipped' }
  | { kind: 'unreadable'; message: string }
  /** The crop cannot be written; neither could the next one. */
  | { kind: 'unwritable'; message: string; action: string; code?: string | undefined };

export type FromWorker =
  | { type: 'ready' }
  | { type: 'outcome'; id: number; outcome: ImageOutcome }
  | { type: 'failed'; message: string; action?: string };
