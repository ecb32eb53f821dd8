// Files that are either the old ones or the new ones, never half of both.
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { nameAside } from './asideName';
import { atPath } from './pathOfError';

/** On Windows a virus scanner or a reader may hold the old file for a moment. */
const renameAttempts = 10;
const busyCodes = new Set(['EPERM', 'EACCES', 'EBUSY']);

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
 * removes it. Several can be written first and committed together. What a kill leaves is cleared away by `clearStrayFiles`.
 */
export async function writeAside(
  path: string,
  write: (file: FileHandle, temporary: string) => Promise<void>,
): Promise<{ commit(): Promise<void>; discard(): Promise<void> }> {
  const { name: temporary, release } = nameAside(path);
  const discard = async (): Promise<void> => {
    release();
    await rm(temporary, { force: true });
  };
  try {
    const file = await open(temporary, 'wx');
    try {
      await write(file, temporary);
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (error) {
    // On a disk that has gone it stays, and the next run of the folder clears it away.
    await discard().catch(() => undefined);
    throw atPath(error, path);
  }
  return {
    async commit() {
      await renameOver(temporary, path).catch((error: unknown) => {
        throw atPath(error, path);
      });
      release();
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
    await aside.discard().catch(() => undefined);
    throw error;
  }
}
