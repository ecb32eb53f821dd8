import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Letters, digits and dashes of a title, for the name of a file. */
export function fileNameOf(title: string): string {
  const name = title
    .normalize('NFC')
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60);
  return name === '' ? 'run' : name;
}

/**
 * Writes a text into a folder, which is made, under a name that is free, and returns its path. A file that is there is never
 * touched: the same text is not written twice, another one gets the next number.
 */
export async function writeUnderFreeName(folder: string, name: string, suffix: string, text: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  for (let number = 1; ; number++) {
    const path = join(folder, `${name}${number === 1 ? '' : `-${number}`}${suffix}`);
    try {
      // Fails where there is a file already, which a rename would replace.
      await writeFile(path, text, { flag: 'wx' });
      return path;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      if ((await readFile(path, 'utf8').catch(() => undefined)) === text) return path;
    }
  }
}
