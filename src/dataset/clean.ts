import { constants } from 'node:fs';
import { copyFile, link, mkdir, rm, stat, unlink } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { UserError, describeError } from '../protocol/errors';
import type { Problem } from '../protocol/problem';
import { cleanableKinds } from './problems';

/** What happened to one file. */
export interface Cleaned {
  readonly path: string;
  /** Where it lies now; absent when it was deleted. */
  readonly movedTo?: string;
}

/**
 * The files of these problems that `clean` would take away: not images, or not readable as such; with `duplicates` also
 * the second and later copies of an image, of which the first stays.
 */
export function cleanableFiles(problems: Iterable<Problem>, duplicates = false): string[] {
  const files: string[] = [];
  for (const { kind, path } of problems)
    if (cleanableKinds.has(kind) || (duplicates && kind === 'duplicate')) files.push(path);
  return files;
}

/**
 * Moves files below `root` to the same place below `target`. Nothing at the destination is overwritten: where a name is
 * taken the file stays where it is and the call fails after the others were moved.
 * @throws UserError naming the files that could not be moved.
 */
export async function moveFiles(root: string, files: readonly string[], target: string): Promise<Cleaned[]> {
  const moved: Cleaned[] = [];
  const failed: string[] = [];
  for (const path of files) {
    const movedTo = join(target, relative(root, path));
    try {
      await mkdir(dirname(movedTo), { recursive: true });
      await moveWithoutOverwriting(path, movedTo);
      moved.push({ path, movedTo });
    } catch (error) {
      failed.push(`${path} (${describeError(error)})`);
    }
  }
  if (failed.length > 0) {
    const rest = failed.length === 1 ? '' : ` and ${failed.length - 1} more`;
    throw new UserError(`${failed[0]}${rest} could not be moved to ${target}.`, 'Nothing there was overwritten.');
  }
  return moved;
}

/** Moves a file to a name that is free, also to another disk. @throws Error where the name is taken */
export async function moveWithoutOverwriting(from: string, to: string): Promise<void> {
  try {
    // A link fails where the name exists; a rename would replace it.
    await link(from, to);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'EEXIST') throw new Error('a file of that name is there already', { cause: error });
    // Another disk, or a file system without links.
    await copyFile(from, to, constants.COPYFILE_EXCL);
    const [source, copy] = await Promise.all([stat(from), stat(to)]);
    if (source.size !== copy.size) {
      await rm(to, { force: true });
      throw new Error('the copy is incomplete', { cause: error });
    }
  }
  await unlink(from);
}

/**
 * Deletes files, on the user's explicit request.
 * @throws UserError for the first file that cannot be deleted.
 */
export async function deleteFiles(files: readonly string[]): Promise<Cleaned[]> {
  const deleted: Cleaned[] = [];
  for (const path of files) {
    try {
      await unlink(path);
    } catch (error) {
      throw new UserError(`${path} could not be deleted (${describeError(error)}).`, 'Check its permissions.');
    }
    deleted.push({ path });
  }
  return deleted;
}
