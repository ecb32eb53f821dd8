import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { FaceDetector } from '../align/face';
import { decodeImage } from '../image/decode';
import type { RgbImage } from '../image/rgbImage';
import { centerCropOrPad } from '../image/crop';
import type { Dataset } from '../dataset/scan';
import { describeError, throwIfStopped, UserError } from '../protocol/errors';
import type { FaceModel } from '../recognize/faceModel';
import type { EnrolledFace } from './gallery';
import { facesOfPhotograph } from './photographs';

export interface EnrolOptions {
  /** Absent: the pictures are aligned faces and taken as they are. */
  detector?: FaceDetector;
  margin: number;
  upright: boolean;
  signal?: AbortSignal;
  /** One sentence about a picture that is left out, or a person of whom little is known. */
  onNote: (sentence: string) => void;
  onProgress?: (done: number, total: number) => void;
}

/** Pictures whose faces are embedded together. */
const facesAtOnce = 32;

/** Whether a folder holds aligned faces, as `facenet align` leaves them. */
export function isAlignedFolder(folder: string): boolean {
  return existsSync(join(folder, 'alignment.json'));
}

/**
 * Embeds the faces of people for a gallery; of a photograph with several faces the most prominent one.
 * @throws UserError where nobody has a picture with a face
 */
export async function enrolPeople(
  model: FaceModel,
  { root, people }: Dataset,
  options: EnrolOptions,
): Promise<Map<string, EnrolledFace[]>> {
  const total = people.reduce((sum, { images }) => sum + images.length, 0);
  const result = new Map<string, EnrolledFace[]>();
  let done = 0;
  let waiting: { name: string; file: string; crop: RgbImage }[] = [];
  const embed = async (): Promise<void> => {
    const embeddings = await model.embedCrops(
      waiting.map(({ crop }) => crop),
      { signal: options.signal },
    );
    for (const [index, { name, file }] of waiting.entries()) {
      const embedding = embeddings.slice(index * model.dimension, (index + 1) * model.dimension);
      result.set(name, [...(result.get(name) ?? []), { file, embedding }]);
    }
    waiting = [];
  };
  for (const { name, images } of people) {
    let faces = 0;
    for (const path of images) {
      throwIfStopped(options.signal);
      const crop = await faceOf(path, model, options);
      options.onProgress?.(++done, total);
      if (crop === undefined) continue;
      faces++;
      waiting.push({ name, file: relative(root, path).replaceAll('\\', '/'), crop });
      if (waiting.length === facesAtOnce) await embed();
    }
    if (faces === 0) options.onNote(`${name} is not enrolled: there is no picture with a face.`);
    else if (faces === 1) options.onNote(`${name} is enrolled with one picture only; two or more tell much better.`);
  }
  await embed();
  if (result.size === 0) {
    throw new UserError(`No face was found in ${root}.`, 'Try the other --detector, or give other pictures.');
  }
  return result;
}

async function faceOf(path: string, { recipe }: FaceModel, options: EnrolOptions): Promise<RgbImage | undefined> {
  const { detector, margin, upright, onNote } = options;
  try {
    if (detector === undefined) {
      const image = await decodeImage(path);
      const fits = image.width === recipe.imageSize && image.height === recipe.imageSize;
      return fits ? image : centerCropOrPad(image, recipe.imageSize);
    }
    const { faces } = await facesOfPhotograph(path, detector, { recipe, margin, wanted: 'most-prominent', upright });
    if (faces.length === 0) onNote(`No face was found in ${path}: it is left out.`);
    return faces[0]?.image;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    onNote(`It is left out: ${describeError(error)}`);
    return undefined;
  }
}
