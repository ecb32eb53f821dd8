import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, extname, join, relative } from 'node:path';
import { writeFileAtomic } from '../files/atomicFile';
import { isInside } from '../files/insideFolder';
import { decodeImage, readImageFile } from '../image/decode';
import { encodePng } from '../image/encode';
import type { RgbImage } from '../image/rgbImage';
import type { AlignedFaceEntry, AlignmentEntry, BoxCorners } from '../protocol/alignmentLog';
import { UserError } from '../protocol/errors';
import { type AlignedFace, cutFace } from './alignFaces';
import { AlignmentLog, latestEntry } from './alignmentLog';
import { type AlignmentRecord, readAlignmentRecord } from './alignmentRecord';
import type { Box, Face, Landmarks } from './face';
import { slashed } from './outputTree';
import { targetOfFace } from './cropFiles';
import { compressionLevel } from './pool/alignImage';

type KnownFace = AlignedFaceEntry | undefined;

/** A box that a person has drawn around a face. */
export interface FaceCorrection {
  /** Aligned folder, with its alignment.json. */
  folder: string;
  /** Photograph relative to the folder of the photographs, with slashes. */
  image: string;
  /** The face without its margin, pixels of the photograph. */
  box: BoxCorners;
  /** Which of several faces of a photograph, from 0; where all of them were cut out, the number after the last one adds a face. */
  face: number;
  /** Folder of the photographs, where it is not where the alignment found it. */
  source?: string | undefined;
}

/**
 * Cuts a face out where a person says it is, as the alignment of that folder cuts: same margin, size and orientation. The
 * crop takes the place of the one that is there, and the log says that it was corrected by hand, beside the photograph's other
 * faces. For landmark chips the
 * landmarks are looked for in the box by the network that comes with the workbench.
 * @throws UserError where the folder is no alignment's, the photograph cannot be read, it has no such face, or the box is
 *   outside of it
 */
export async function correctFace({
  folder,
  image,
  box,
  face,
  source,
}: FaceCorrection): Promise<{ entry: AlignmentEntry; file: string }> {
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
  const targetOf = (number: number): string => targetOfFace(stem, number, record);
  const known = record.detectMultipleFaces ? await facesOf(folder, image, targetOf) : [];
  requireFace(image, face, known.length);
  const photograph = await decodeImage(await readImageFile(path), path, record.upright);
  const cut = await cutOut(photograph, box, record);
  const target = targetOf(face);
  await mkdir(dirname(target), { recursive: true });
  await writeFileAtomic(target, await encodePng(cut.image, compressionLevel));
  const file = slashed(relative(folder, target));
  const entry: AlignmentEntry = {
    outcome: 'corrected',
    image,
    size: [photograph.width, photograph.height],
    faces: [...known.slice(0, face), { file, box }, ...known.slice(face + 1)].filter((one) => one !== undefined),
    time: new Date().toISOString(),
  };
  const log = await AlignmentLog.open(folder);
  try {
    await log.append(entry);
  } finally {
    await log.close();
  }
  return { entry, file };
}

/**
 * The faces that were cut out of a photograph, in the order of their numbers: as the log says, and undefined for one that it
 * says nothing of, in an older folder, where its file is there.
 */
async function facesOf(folder: string, image: string, targetOf: (face: number) => string): Promise<KnownFace[]> {
  const entry = await latestEntry(folder, image);
  const logged = entry !== undefined && 'faces' in entry ? entry.faces : [];
  const faces: KnownFace[] = [];
  for (;;) {
    const target = targetOf(faces.length);
    const face = logged.find(({ file }) => file === slashed(relative(folder, target)));
    if (face === undefined && !existsSync(target)) return faces;
    faces.push(face);
  }
}

/** @throws UserError where neither is there such a face nor is it the next one */
function requireFace(image: string, face: number, known: number): void {
  if (Number.isInteger(face) && face >= 0 && face <= known) return;
  throw new UserError(
    known === 0
      ? `${image} has one face in this folder, not a face ${face}.`
      : `${image} has ${known} faces, not a face ${face}.`,
    known === 0 ? 'Give 0 for it.' : `Give 0 to ${known - 1} for one of them, or ${known} to add one.`,
  );
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
    return { ...box, score: 1, ...(await detector.findPoints(photograph, box)) };
  } finally {
    await detector.dispose();
  }
}

/** A box's crop asks for no landmarks. */
function middleOf({ x1, y1, x2, y2 }: Box): Landmarks {
  const middle = { x: (x1 + x2) / 2, y: (y1 + y2) / 2 };
  return [middle, middle, middle, middle, middle];
}
