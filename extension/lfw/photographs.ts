// The photographs that the faces of a pair were cut out of.
import { readdir } from 'node:fs/promises';
import { dirname, join, parse } from 'node:path';
import { readAlignmentRecord } from '../../src/align/alignmentRecord';
import { UserError } from '../../src/protocol/errors';
import { isInside } from '../../src/files/insideFolder';

/** Folder of the photographs of an aligned folder, where it says so; undefined for a folder that says nothing, or is gone. */
export async function photographsOf(imagesDir: string): Promise<string | undefined> {
  try {
    return (await readAlignmentRecord(imagesDir))?.source;
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

/**
 * The photograph of a face, by the face's path below its folder: the file of the same name whatever its kind, where an
 * alignment that kept several faces has numbered them. Undefined where there is none.
 */
export async function photographOf(photographs: string, face: string): Promise<string | undefined> {
  const folder = join(photographs, dirname(face));
  if (!isInside(photographs, folder)) return undefined;
  const { name } = parse(face);
  const files = await readdir(folder).catch(() => []);
  const named = (stem: string): string | undefined => files.find((file) => parse(file).name === stem);
  const file = named(name) ?? named(name.replace(/_\d$/, ''));
  return file === undefined ? undefined : join(folder, file);
}
