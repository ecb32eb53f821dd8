import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../protocol/errors';
import { byCodePoint } from './scan';

/**
 * Files of a folder without people, ascending by name; hidden ones and empty ones are left out.
 * @throws UserError where the folder is missing or holds no file
 */
export async function flatImages(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: unknown) => {
    throw new UserError(`There is no folder ${folder} that can be read.`, 'Check the path.', { cause });
  });
  const files: string[] = [];
  for (const { name } of entries.sort((a, b) => byCodePoint(a.name, b.name))) {
    if (name.startsWith('.')) continue;
    const found = await stat(join(folder, name)).catch(() => undefined);
    if (found?.isFile() === true && found.size > 0) files.push(join(folder, name));
  }
  if (files.length === 0) {
    throw new UserError(
      `${folder} holds no files.`,
      'Name a folder with the images themselves in it, not one with a folder per person.',
    );
  }
  return files;
}
