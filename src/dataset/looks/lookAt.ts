// What can be asked of many image files at once. Each answer is found by reading synchronously, as it is made on a thread
// that does nothing else: an asynchronous read costs four times as much.
import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { digestOf } from '../digestTable';
import { ImageError } from '../../image/imageFault';
import { describeError, UserError } from '../../protocol/errors';
import type { ImageFault } from '../../protocol/problem';

/** What was seen of an image; size and orientation are 0 where it was not decoded. */
export type ImageLook =
  | { fault: ImageFault }
  | {
      fault?: undefined;
      /** First 128 bits of the SHA-256 of its bytes, as four numbers of 32 bits. */
      content: Uint32Array;
      width: number;
      height: number;
      /** EXIF orientation, 1 to 8. */
      orientation: number;
    };

/** Questions with their answers. */
export interface Answers {
  /** Size and time of the last change of each file, [N, 2]; NaN for a file that is gone. */
  stamps: Float64Array;
  /**
   * A digest of each file's path, size, times and inode, [N, 4], whether it has rested long enough to be told by it, and what
   * `stamps` answers.
   */
  keys: { keys: Uint32Array; settled: Uint8Array; stamps: Float64Array };
  /** Each file read, but not decoded. */
  contents: ImageLook[];
  /** Each file read and decoded. */
  pictures: ImageLook[];
  /** Longest edge of the PNG files; Infinity where one is none or cannot be told. */
  longestEdge: number;
}
export type Question = keyof Answers;

/** A question about some files. */
export interface PathQuestion {
  question: Question;
  paths: readonly string[];
}

/** Finds the answer on this thread. @throws UserError with the name of a file that cannot be looked at */
export async function lookAt<Q extends Question>(question: Q, paths: readonly string[]): Promise<Answers[Q]> {
  const answers: { [K in Question]: (paths: readonly string[]) => Answers[K] | Promise<Answers[K]> } = {
    stamps: stampsOf,
    keys: keysOf,
    contents: (all) => all.map((path) => contentOf(path)),
    pictures: picturesOf,
    longestEdge,
  };
  return answers[question](paths);
}

/** What the system says names the file in some calls and in others not. */
function ofFile<T>(path: string, look: () => T): T {
  try {
    return look();
  } catch (error) {
    throw new UserError(
      `${path} cannot be looked at (${describeError(error)}).`,
      'Check its disk and the permissions of its folder.',
      { cause: error },
    );
  }
}

function stampsOf(paths: readonly string[]): Float64Array {
  const stamps = new Float64Array(2 * paths.length);
  for (const [index, path] of paths.entries()) {
    const info = ofFile(path, () => statSync(path, { throwIfNoEntry: false }));
    stamps.set(info === undefined ? [NaN, NaN] : [info.size, info.mtimeMs], 2 * index);
  }
  return stamps;
}

/** A file that changed so shortly before it was looked at may change again without its time telling. */
const settledAfterMilliseconds = 2000;

function keysOf(paths: readonly string[]): Answers['keys'] {
  const keys = new Uint32Array(4 * paths.length);
  const settled = new Uint8Array(paths.length);
  const stamps = new Float64Array(2 * paths.length).fill(NaN);
  const now = Date.now();
  for (const [index, path] of paths.entries()) {
    const info = ofFile(path, () => statSync(path, { throwIfNoEntry: false }));
    if (info === undefined) continue;
    const { size, mtimeMs, ctimeMs, ino } = info;
    stamps.set([size, mtimeMs], 2 * index);
    keys.set(digestOf(`${path}\0${size}\0${mtimeMs}\0${ctimeMs}\0${ino}`), 4 * index);
    settled[index] = Math.max(mtimeMs, ctimeMs) < now - settledAfterMilliseconds ? 1 : 0;
  }
  return { keys, settled, stamps };
}

function contentOf(path: string): ImageLook {
  try {
    return { content: digestOf(readFileSync(path)), width: 0, height: 0, orientation: 0 };
  } catch (error) {
    return { fault: { kind: 'unread', reason: describeError(error) } };
  }
}

/** Decoded at a time on one thread: while one is decoded, the next is read. */
const decodedAtOnce = 2;

async function picturesOf(paths: readonly string[]): Promise<ImageLook[]> {
  const looks: ImageLook[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    for (let index = next++; index < paths.length; index = next++) looks[index] = await pictureOf(paths[index]!);
  };
  await Promise.all(Array.from({ length: decodedAtOnce }, work));
  return looks;
}

async function pictureOf(path: string): Promise<ImageLook> {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    return { fault: { kind: 'unread', reason: describeError(error) } };
  }
  // Only who decodes needs the decoder.
  const { decodeImage, orientationOf } = await import('../../image/decode');
  try {
    const { width, height } = await decodeImage(bytes, path);
    return { content: digestOf(bytes), width, height, orientation: await orientationOf(bytes) };
  } catch (error) {
    return { fault: error instanceof ImageError ? error.fault : { kind: 'damaged', reason: describeError(error) } };
  }
}

const pngSignature = 0x89504e47;

function longestEdge(paths: readonly string[]): number {
  const header = Buffer.alloc(24);
  let longest = 0;
  for (const path of paths) {
    const bytesRead = ofFile(path, () => readHeader(path, header));
    if (bytesRead < header.length || header.readUInt32BE(0) !== pngSignature) return Infinity;
    longest = Math.max(longest, header.readUInt32BE(16), header.readUInt32BE(20));
  }
  return longest;
}

function readHeader(path: string, header: Buffer): number {
  const file = openSync(path, 'r');
  try {
    return readSync(file, header, 0, header.length, 0);
  } finally {
    closeSync(file);
  }
}
