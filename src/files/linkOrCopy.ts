import { copyFile, link, rm } from 'node:fs/promises';
import { nameAside } from './asideName';
import { renameOver } from './atomicFile';

/**
 * Gives the file `from` a second name, in place of what has that name; a copy where the file system has no hard links.
 * For files that are never changed, only replaced. `to` is the whole file or what it was before.
 * @throws the system's error, ENOENT where `from` is not there
 */
export async function linkOrCopy(from: string, to: string): Promise<void> {
  const { name: aside, release } = nameAside(to);
  try {
    await link(from, aside).catch(async (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') throw error;
      await copyFile(from, aside);
    });
    await renameOver(aside, to);
  } finally {
    // Renaming a file over another name of itself does nothing.
    await rm(aside, { force: true });
    release();
  }
}
