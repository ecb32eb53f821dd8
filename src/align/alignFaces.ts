import type { RgbImage } from '../image/rgbImage';
import { type Chip, chipOf } from '../protocol/chip';
import type { Alignment } from '../protocol/recipe';
import { chooseFace } from './chooseFace';
import { cropToSquare, isEmpty, marginRectangle, type Rectangle } from './cropFace';
import type { Face, FaceDetector } from './face';
import { chipRectangle, chipToImage, extractChip } from './landmarkChip';

/** How faces are cut out; the part of an align request that decides about pixels. */
export interface CropSettings {
  alignment: Alignment;
  /** Of landmark chips; default `tip-at-base`, as in every record that names none. */
  chip?: Chip | undefined;
  /** Edge of the crop, pixels. */
  imageSize: number;
  /** Added around the box, half on each side, in pixels of the photograph; landmark chips have none. */
  margin: number;
  /** All faces instead of the most prominent one. */
  detectMultipleFaces: boolean;
}

export interface AlignedFace {
  image: RgbImage;
  /** The part of the photograph that was taken. */
  rectangle: Rectangle;
  face: Face;
}

/**
 * Detects and cuts out the faces of one photograph: none, the most prominent one, or all, the most certain first; `found`
 * is the number of all faces in it.
 */
export async function alignFaces(
  detector: FaceDetector,
  photograph: RgbImage,
  settings: CropSettings,
): Promise<{ aligned: AlignedFace[]; found: number }> {
  const faces = await detector.detect(photograph);
  const chosen = settings.detectMultipleFaces
    ? faces
    : [chooseFace(faces, photograph.width, photograph.height)].filter((face) => face !== undefined);
  const aligned = chosen.map((face) => cutFace(photograph, face, settings)).filter((cut) => cut !== undefined);
  return { aligned, found: faces.length };
}

/** Cuts one face out; undefined where nothing of it lies in the photograph. */
export function cutFace(photograph: RgbImage, face: Face, settings: CropSettings): AlignedFace | undefined {
  const { width, height } = photograph;
  const { imageSize, margin } = settings;
  const chip = chipOf(settings);
  if (chip === undefined) {
    const rectangle = marginRectangle(face, margin, width, height);
    return isEmpty(rectangle) ? undefined : { image: cropToSquare(photograph, rectangle, imageSize), rectangle, face };
  }
  const toImage = chipToImage(face, chip, imageSize);
  if (toImage === undefined) return undefined;
  const rectangle = chipRectangle(toImage, imageSize, width, height);
  return isEmpty(rectangle) ? undefined : { image: extractChip(photograph, toImage, imageSize), rectangle, face };
}
