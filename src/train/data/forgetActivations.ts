import { open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { digestText, digestWords } from '../../dataset/digestTable';
import { readExactly } from '../../files/readExactly';
import { readSegmentTable, rowsBeside, type SegmentTable, writeSegment } from './segmentTable';

/** Segments of a run's cache that hold rows of certain images. */
interface Found {
  directory: string;
  table: string;
  ids: SegmentTable;
  /** Of the others, ascending. */
  kept: number[];
}

/** Activations of certain images in the cache of a run. */
export interface KeptOfImages {
  /** Of those images. */
  rows: number;
  /**
   * Takes them away. What is kept of other images is written anew first, so that an interruption leaves all of it; done
   * again, it goes on.
   */
  forget: () => Promise<void>;
}

/**
 * Finds the activations of images by their contents in the cache of a run, which no worker may be writing to.
 * @param contents digests of the images' contents, four words each
 * @throws the system's error; a cache that is not there has none
 */
export async function keptOfImages(cache: string, contents: readonly Uint32Array[]): Promise<KeptOfImages> {
  const wanted = new Set(contents.map((content) => digestText(content)));
  const found: Found[] = [];
  for (const directory of (await entriesOf(cache)).map((name) => join(cache, name))) {
    for (const table of (await entriesOf(directory)).filter((name) => name.endsWith('.json'))) {
      const ids = await readSegmentTable(join(directory, table));
      if (ids === undefined) continue;
      const kept = ids.rows.flatMap((id, row) => (wanted.has(id.slice(0, 8 * digestWords)) ? [] : [row]));
      if (kept.length < ids.rows.length) found.push({ directory, table, ids, kept });
    }
  }
  return {
    rows: found.reduce((sum, { ids, kept }) => sum + ids.rows.length - kept.length, 0),
    async forget() {
      for (const segment of found) await forgetIn(segment);
    },
  };
}

async function forgetIn({ directory, table, ids, kept }: Found): Promise<void> {
  const { rowLength, rows } = ids;
  const path = join(directory, table);
  if (kept.length > 0) {
    const data = new Float32Array(rowLength * kept.length);
    const file = await open(rowsBeside(path), 'r');
    try {
      for (const [index, row] of kept.entries())
        await readExactly(file, 4 * rowLength * row, bytesOfRow(data, index, rowLength));
    } finally {
      await file.close();
    }
    const keptIds = kept.map((row) => rows[row]!);
    await writeSegment(directory, rowLength, keptIds, data);
  }
  // The rows first: a table without rows is passed over, rows without a table would stay unseen.
  await rm(rowsBeside(path), { force: true });
  await rm(path, { force: true });
}

function bytesOfRow(data: Float32Array, row: number, rowLength: number): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset + 4 * rowLength * row, 4 * rowLength);
}

/** Names in a folder; none where there is no such folder. */
async function entriesOf(folder: string): Promise<string[]> {
  return readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return [];
    throw error;
  });
}
