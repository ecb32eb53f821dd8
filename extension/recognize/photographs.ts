// The photographs that are meant by files and folders.
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { byCodePoint } from '../../src/dataset/scan';
import { isImageName } from '../../src/dataset/imageNames';

/**
 * The photographs among some paths, by their names: files, those of a folder, and those of the folders in it; each once,
 * folders in ascending order of names.
 * @param most of more the first ones are taken
 */
export async function photographsIn(
  paths: readonly string[],
  most: number,
): Promise<{ photographs: string[]; left: number }> {
  const found = new Set<string>();
  for (const path of paths) {
    const status = await stat(path).catch(() => undefined);
    // What is gone, or no image by its name, is said when it is looked at.
    if (status?.isDirectory() !== true) found.add(path);
    else for (const image of await imagesBelow(path, 1)) found.add(image);
  }
  const all = [...found];
  return { photographs: all.slice(0, most), left: Math.max(0, all.length - most) };
}

async function imagesBelow(folder: string, deeper: number): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const shown = entries.filter(({ name }) => !name.startsWith('.')).sort((a, b) => byCodePoint(a.name, b.name));
  const images = shown.filter((entry) => entry.isFile() && isImageName(entry.name));
  const found = images.map(({ name }) => join(folder, name));
  for (const { name } of deeper > 0 ? shown.filter((entry) => entry.isDirectory()) : [])
    found.push(...(await imagesBelow(join(folder, name), deeper - 1)));
  return found;
}
