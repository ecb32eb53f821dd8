import { existsSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { decodeImage, readImageFileSync } from '../../image/decode';
import { encodePng } from '../../image/encode';
import { StoppedError, describeError } from '../../protocol/errors';
import { nameAside } from '../../files/asideName';
import { renameOver } from '../../files/atomicFile';
import { alignFaces } from '../alignFaces';
import type { FaceDetector } from '../face';
import { targetOfFace } from '../cropFiles';
import type { AlignSettings, AlignTask, ImageOutcome, PixelSize } from './messages';

/**
 * Stored, not deflated: a crop is noise to deflate. Level 6 makes it an eighth smaller (67 kB instead of 77 kB at 160×160)
 * for a twentieth of all the work, and every epoch of a training has to inflate it again.
 */
export const compressionLevel = 0;

type AlignedCrop = (ImageOutcome & { kind: 'aligned' })['faces'][number];

/** Reads, aligns and writes one photograph. Never throws: whatever is wrong with it is its outcome. */
export async function alignImage(
  { source, targetStem, again }: AlignTask,
  detector: FaceDetector,
  settings: AlignSettings,
): Promise<ImageOutcome> {
  const targetOf = (index: number): string => targetOfFace(targetStem, index, settings);
  if (again !== true && existsSync(targetOf(0))) return { kind: 'present' };
  let crops: (AlignedCrop & { png: Uint8Array })[];
  let size: PixelSize;
  let found: number;
  try {
    const photograph = await decodeImage(readImageFileSync(source), source, settings.upright);
    size = [photograph.width, photograph.height];
    const faces = await alignFaces(detector, photograph, settings);
    found = faces.found;
    crops = await Promise.all(
      faces.aligned.map(async ({ image, rectangle, face }, index) => ({
        path: targetOf(index),
        rectangle,
        face,
        png: await encodePng(image, compressionLevel),
      })),
    );
  } catch (error) {
    if (error instanceof StoppedError) return { kind: 'skipped' };
    return { kind: 'unreadable', message: describeError(error) };
  }
  if (crops.length === 0) return { kind: 'noFace', size };
  try {
    // The first file comes last: a later run takes it as the sign that all of them are there.
    for (const { path, png } of [...crops].reverse()) await writeAside(path, png);
  } catch (error) {
    return unwritable(error, targetOf(0));
  }
  return { kind: 'aligned', faces: crops.map(({ path, rectangle, face }) => ({ path, rectangle, face })), found, size };
}

/**
 * Writes under a name of its own and renames, so that a crop is whole or absent, also with several processes at
 * work. Not flushed to the disk: a crop lost in a power cut is made again by the next run.
 */
async function writeAside(path: string, data: Uint8Array): Promise<void> {
  const { name: aside, release } = nameAside(path);
  try {
    // At once: this thread has nothing else to do, and four asynchronous steps cost more than the write.
    writeFileSync(aside, data);
    await renameOver(aside, path);
  } catch (error) {
    await rm(aside, { force: true });
    throw error;
  } finally {
    release();
  }
}

function unwritable(error: unknown, path: string): ImageOutcome {
  const code = (error as NodeJS.ErrnoException).code;
  const full = code === 'ENOSPC' || code === 'EDQUOT';
  return {
    kind: 'unwritable',
    code,
    message: full
      ? `The disk is full: ${path} cannot be written.`
      : `${path} cannot be written: ${describeError(error)}.`,
    action: `${full ? 'Free some space' : 'Make the output folder writable'} and run the same command again; it continues where it stopped.`,
  };
}
