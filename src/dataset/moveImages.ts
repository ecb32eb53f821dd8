import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { UserError, describeError } from '../protocol/errors';
import { moveWithoutOverwriting } from './clean';

/** Where one file was and where it lies now. */
export interface MovedImage {
  readonly from: string;
  readonly to: string;
}

/** Somebody who has so many files of one name has another problem. */
const mostOfOneName = 1000;

/**
 * Moves each file into the folder that `folderOf` names, which is made where it is missing. Where the name is taken
 * there, the file gets a number: `Ada_0001 (2).png`. Nothing is overwritten.
 * @throws UserError for the first file that cannot be moved, with those that were moved before it in `onMoved`
 */
export async function moveImages(
  files: readonly string[],
  folderOf: (file: string) => string,
  onMoved: (moved: MovedImage) => void,
): Promise<void> {
  for (const from of files) {
    const folder = folderOf(from);
    try {
      await mkdir(folder, { recursive: true });
      const to = freeName(join(folder, basename(from)));
      await moveWithoutOverwriting(from, to);
      onMoved({ from, to });
    } catch (error) {
      throw new UserError(
        `${from} could not be moved to ${folder} (${describeError(error)}).`,
        'Check that both may be written. What was moved before it stays moved.',
        { cause: error },
      );
    }
  }
}

/**
 * Moves files back to where they were, the last one first.
 * @throws UserError for the first one that cannot be moved, e.g. as another file has its name by now
 */
export async function moveBack(moved: readonly MovedImage[]): Promise<void> {
  for (const { from, to } of [...moved].reverse()) {
    try {
      await mkdir(dirname(from), { recursive: true });
      await moveWithoutOverwriting(to, from);
    } catch (error) {
      throw new UserError(
        `${to} could not be moved back to ${from} (${describeError(error)}).`,
        'Nothing was overwritten.',
        { cause: error },
      );
    }
  }
}

function freeName(wanted: string): string {
  const extension = extname(wanted);
  const stem = wanted.slice(0, wanted.length - extension.length);
  for (let number = 1; number <= mostOfOneName; number++) {
    const path = number === 1 ? wanted : `${stem} (${number})${extension}`;
    if (!existsSync(path)) return path;
  }
  throw new Error('too many files of that name are there already');
}
