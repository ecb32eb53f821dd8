import { mkdir } from 'node:fs/promises';
import { dirname, extname, join, relative, sep } from 'node:path';
import { writeFileAtomic } from '../files/atomicFile';
import { isInside } from '../files/insideFolder';
import { decodeImage, readImageFile } from '../image/decode';
import { encodePng } from '../image/encode';
import type { RgbImage } from '../image/rgbImage';
import type { AlignmentEntry, BoxCorners } from '../protocol/alignmentLog';
import { UserError } from '../protocol/errors';
import { type AlignedFace, cutFace } from './alignFaces';
import { AlignmentLog } from './alignmentLog';
import { type AlignmentRecord, readAlignmentRecord } from './alignmentRecord';
import type { Box, Face, Landmarks } from './face';
import { compressionLevel, numberedTarget, singleTarget } from './pool/alignImage';

/** A box that a person has drawn around a face. */
export interface FaceCorrection {
  /** Aligned folder, with its alignment.json. */
  folder: string;
  /** Photograph relative to the folder of the photographs, with slashes. */
  image: string;
  /** The face without its margin, pixels of the photograph. */
  box: BoxCorners;
  /** Which of several faces of a photograph, from 0. */
  face: number;
  /** Folder of the photographs, where it is not where the alignment found it. */
  source?: string | undefined;
}

/**
 * Cuts a face out where a person says it is, as the alignment of that folder cuts: same margin, size and orientation. The
 * crop takes the place of the one that is there, and the log says that it was corrected by hand. For landmark chips the
 * landmarks are looked for in the box by the network that comes with the workbench.
 * @throws UserError where the folder is no alignment's, the photograph cannot be read, or the box is outside of it
 */
export async function correctFace({ folder, image, box, face, source }: FaceCorrection): Promise<AlignmentEntry> {
  const record = await readAlignmentRecord(folder);
  if (record === undefined) {
    throw new UserError(`${folder} has no alignment.json.`, 'Name a folder that faces were aligned into.');
  }
  const photographs = source ?? record.source;
  const path = join(photographs, image);
  const stem = join(folder, image.slice(0, image.length - extname(image).length));
  if (!isInside(photographs, path) || !isInside(folder, stem)) {
    throw new UserError(`${image} is not a photograph below ${photographs}.`, 'Name it as <person>/<photograph>.');
  }
  const photograph = await decodeImage(await readImageFile(path), path, record.upright);
  const cut = await cutOut(photograph, box, record);
  const target = record.detectMultipleFaces ? numberedTarget(stem, face) : singleTarget(stem);
  await mkdir(dirname(target), { recursive: true });
  await writeFileAtomic(target, await encodePng(cut.image, compressionLevel));
  const entry: AlignmentEntry = {
    outcome: 'corrected',
    image,
    size: [photograph.width, photograph.height],
    faces: [{ file: relative(folder, target).split(sep).join('/'), box }],
    time: new Date().toISOString(),
  };
  const log = await AlignmentLog.open(folder);
  try {
    await log.append(entry);
  } finally {
    await log.close();
  }
  return entry;
}

async function cutOut(photograph: RgbImage, corners: BoxCorners, record: AlignmentRecord): Promise<AlignedFace> {
  const [x1, y1, x2, y2] = corners;
  const box: Box = { x1, y1, x2, y2 };
  const isWithin = x1 < x2 && y1 < y2 && x1 < photograph.width && y1 < photograph.height && x2 > 0 && y2 > 0;
  const cut = isWithin ? cutFace(photograph, await faceIn(photograph, box, record), record) : undefined;
  if (cut !== undefined) return cut;
  throw new UserError(
    `The box ${corners.join(', ')} holds nothing of the photograph, which has ${photograph.width}×${photograph.height} pixels.`,
    'Draw it around the face.',
  );
}

async function faceIn(photograph: RgbImage, box: Box, { alignment }: AlignmentRecord): Promise<Face> {
  if (alignment === 'box') return { ...box, score: 1, landmarks: middleOf(box) };
  const { StarterDetector } = await import('./starter/starterDetector');
  const detector = await StarterDetector.open();
  try {
    return { ...box, score: 1, landmarks: await detector.findLandmarks(photograph, box) };
  } finally {
    await detector.dispose();
  }
}

/** A box's crop asks for no landmarks. */
function middleOf({ x1, y1, x2, y2 }: Box): Landmarks {
  const middle = { x: (x1 + x2) / 2, y: (y1 + y2) / 2 };
  return [middle, middle, middle, middle, middle];
}
