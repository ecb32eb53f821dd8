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

/** A file that was written aside. */
export interface Aside {
  /** Renames it over the path that it was written for. */
  commit(): Promise<void>;
  /** Removes it. */
  discard(): Promise<void>;
}

/**
 * Begins a file beside `path`: what is written to it by its handle, or its temporary name, is flushed to the disk by
 * `finish`. What a kill leaves is cleared away by `clearStrayFiles`.
 */
export async function openAside(
  path: string,
): Promise<{ file: FileHandle; temporary: string; finish(): Promise<Aside>; discard(): Promise<void> }> {
  const { name: temporary, release } = nameAside(path);
  const remove = async (): Promise<void> => {
    release();
    await rm(temporary, { force: true });
  };
  const file = await open(temporary, 'wx').catch((error: unknown) => {
    release();
    throw atPath(error, path);
  });
  const discard = async (): Promise<void> => {
    await file.close().catch(() => undefined);
    // On a disk that has gone it stays, and the next run of the folder clears it away.
    await remove().catch(() => undefined);
  };
  return {
    ...{ file, temporary, discard },
    async finish() {
      try {
        await file.sync();
      } finally {
        await file.close();
      }
      const commit = async (): Promise<void> => {
        await renameOver(temporary, path).catch((error: unknown) => {
          throw atPath(error, path);
        });
        release();
      };
      return { commit, discard: remove };
    },
  };
}

/** A file written aside by `write`. Several can be written first and committed together. */
export async function writeAside(
  path: string,
  write: (file: FileHandle, temporary: string) => Promise<void>,
): Promise<Aside> {
  const aside = await openAside(path);
  try {
    await write(aside.file, aside.temporary);
    return await aside.finish();
  } catch (error) {
    await aside.discard();
    throw atPath(error, path);
  }
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
