// What a clustering leaves: pictures by cluster, and where each of them is from.
import { mkdir, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { writeFileAtomic } from '../files/atomicFile';
import { UserError } from '../protocol/errors';

/** One face of a cluster. */
export interface ClusteredFace {
  /** File below the output folder. */
  readonly file: string;
  readonly cluster: number;
  readonly source: string;
  /** Left, top, right and bottom edge in pixels of the photograph; absent for aligned faces. */
  readonly box?: readonly number[];
  readonly score?: number;
}

const table = 'faces.csv';

/** @throws UserError where a folder holds something: nothing in it is overwritten or mixed with what comes */
export async function requireEmptyFolder(folder: string): Promise<void> {
  const found = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw new UserError(`${folder} is no folder that can be written to.`, 'Name another output folder.', {
      cause: error,
    });
  });
  if (found.length > 0) throw new UserError(`${folder} is not empty.`, 'Name a new or empty output folder.');
}

const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/**
 * Writes the pictures, and faces.csv with the photograph and the box of each.
 * @param picture bytes of a face's picture
 */
export async function writeClusters(
  folder: string,
  faces: readonly ClusteredFace[],
  picture: (face: ClusteredFace, index: number) => Promise<Uint8Array>,
): Promise<string> {
  for (const [index, face] of faces.entries()) {
    const path = join(folder, face.file);
    await mkdir(dirname(path), { recursive: true });
    await writeFileAtomic(path, await picture(face, index));
  }
  const rows = faces.map(({ file, cluster, source, box, score }) =>
    [
      file,
      String(cluster),
      source,
      ...(box ?? ['', '', '', '']).map((edge) => (edge === '' ? '' : Number(edge).toFixed(1))),
      score?.toFixed(4) ?? '',
    ]
      .map(quoted)
      .join(','),
  );
  await mkdir(folder, { recursive: true });
  const path = join(folder, table);
  await writeFileAtomic(path, `${['file,cluster,source,left,top,right,bottom,score', ...rows].join('\n')}\n`);
  return path;
}
