// Faces of photographs, cut out as a model wants them.
import { cutFace, type AlignedFace } from '../align/alignFaces';
import { chooseFace } from '../align/chooseFace';
import type { Face, FaceDetector } from '../align/face';
import { decodeImage } from '../image/decode';
import type { RgbImage } from '../image/rgbImage';
import type { Recipe } from '../protocol/recipe';

/** Which of the faces of a photograph are wanted: all, the most certain one as compare.py takes it, or whom it is about. */
export type WantedFaces = 'all' | 'most-certain' | 'most-prominent';

export interface PhotographFaces {
  readonly path: string;
  readonly width: number;
  readonly height: number;
  /** Most certain first. */
  readonly faces: readonly AlignedFace[];
}

export interface CutOptions {
  recipe: Pick<Recipe, 'alignment' | 'chip' | 'imageSize'>;
  /** Pixels of the photograph around the box, both sides together. */
  margin: number;
  wanted: WantedFaces;
  /** Turn the photograph as its EXIF orientation says. */
  upright?: boolean;
  /** Only faces that the detector is surer of than this. */
  leastScore?: number;
}

/** Detects and cuts out. @throws UserError naming a file that is no image */
export async function facesOfPhotograph(
  path: string,
  detector: FaceDetector,
  { upright = false, ...options }: CutOptions,
): Promise<PhotographFaces> {
  const image = await decodeImage(path, path, upright);
  return { path, width: image.width, height: image.height, faces: await facesOfImage(image, detector, options) };
}

/** The same for a photograph in memory. */
export async function facesOfImage(
  image: RgbImage,
  detector: FaceDetector,
  { recipe, margin, wanted, leastScore = 0 }: CutOptions,
): Promise<AlignedFace[]> {
  const found = (await detector.detect(image)).filter(({ score }) => score > leastScore);
  const settings = { ...recipe, margin, detectMultipleFaces: true };
  const cuts = (faces: readonly Face[]): AlignedFace[] =>
    faces.map((face) => cutFace(image, face, settings)).filter((cut) => cut !== undefined);
  switch (wanted) {
    case 'all':
      return cuts(found);
    case 'most-certain':
      return cuts(found.slice(0, 1));
    case 'most-prominent': {
      const chosen = chooseFace(found, image.width, image.height);
      return cuts(chosen === undefined ? [] : [chosen]);
    }
  }
}
