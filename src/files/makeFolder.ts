import { mkdir } from 'node:fs/promises';

/**
 * Makes a folder in one that is there, unless it is there already. The one above it is never made: it may be on a disk that
 * is away. @throws the system's error
 */
export async function makeFolder(folder: string): Promise<void> {
  await mkdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
}
