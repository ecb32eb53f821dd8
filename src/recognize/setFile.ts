import { closeSync, openSync, readSync, statSync } from 'node:fs';

/** Whether a path is a file: evaluations take a folder of faces, or a verification set, which is one file. */
export function isSetFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

/** Whether a path is called as sets are; its file may be gone. */
export function isSetName(path: string): boolean {
  return path.toLowerCase().endsWith('.bin');
}

/** Whether a file begins as Python packs things (protocols 2 to 5), as verification sets do; most files called .bin do not. */
export function looksLikeSet(path: string): boolean {
  const start = new Uint8Array(2);
  try {
    const file = openSync(path, 'r');
    try {
      readSync(file, start, 0, 2, 0);
    } finally {
      closeSync(file);
    }
  } catch {
    return false;
  }
  return start[0] === 0x80 && start[1]! >= 2 && start[1]! <= 5;
}
