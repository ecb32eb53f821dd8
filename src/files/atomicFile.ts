// Files that are either the old ones or the new ones, never half of both.
import { randomBytes } from 'node:crypto';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** On Windows a virus scanner or a reader may hold the old file for a moment. */
const renameAttempts = 10;
const busyCodes = new Set(['EPERM', 'EACCES', 'EBUSY']);

/** A name in the same folder (so that a rename stays on one disk) that no other process chooses. */
function temporaryName(path: string): string {
  return join(dirname(path), `.${basename(path)}.${process.pid}.${randomBytes(4).toString('hex')}.tmp`);
}

/** Renames over an existing file; tries again for half a second where the system holds the old one. */
export async function renameOver(from: string, to: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await rename(from, to);
      return;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      const mayPass = process.platform === 'win32' && code !== undefined && busyCodes.has(code);
      if (!mayPass || attempt === renameAttempts) throw error;
      await new Promise((resolve) => setTimeout(resolve, 10 * attempt));
    }
  }
}

/**
 * A file written aside: `write` fills it, by its handle or its temporary name, then it is flushed to the disk; `commit` renames it over `path`, `discard`
 * removes it. Several can be written first and committed together.
 */
export async function writeAside(
  path: string,
  write: (file: FileHandle, temporary: string) => Promise<void>,
): Promise<{ commit(): Promise<void>; discard(): Promise<void> }> {
  const temporary = temporaryName(path);
  const discard = async (): Promise<void> => rm(temporary, { force: true });
  try {
    const file = await open(temporary, 'wx');
    try {
      await write(file, temporary);
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (error) {
    await discard();
    throw error;
  }
  return {
    async commit() {
      await renameOver(temporary, path);
    },
    discard,
  };
}

/** Writes `data` to a temporary name beside `path`, flushes it and renames it over `path`. */
export async function writeFileAtomic(path: string, data: string | Uint8Array): Promise<void> {
  const aside = await writeAside(path, async (file) => file.writeFile(data));
  try {
    await aside.commit();
  } catch (error) {
    await aside.discard();
    throw error;
  }
}
