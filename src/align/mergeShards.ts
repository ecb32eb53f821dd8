// One aligned folder out of its shards: the log and the bounding boxes as one run would have written them.
import { existsSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PartsFolder } from '../shard/partsFolder';
import { FolderBook, type BookedImage } from './alignmentBook';
import { logFileName } from './alignmentLog';
import { byPlace, journalsIn, readJournal } from './shardJournal';

/** What all shards together have done. */
export interface MergedAlignment {
  faces: number;
  noFace: number;
  unreadable: number;
}

/**
 * Merges the shards of an aligned folder; the crops lie where they belong already.
 * @returns undefined where another process has done it
 * @throws UserError where shards are missing
 */
export async function mergeAlignment(parts: PartsFolder): Promise<MergedAlignment | undefined> {
  parts.requireWhole();
  const sum: MergedAlignment = { faces: 0, noFace: 0, unreadable: 0 };
  const done = await parts.merge(async (folder) => {
    const earlier = join(parts.result, logFileName);
    if (existsSync(earlier)) await copyFile(earlier, join(folder, logFileName));
    const book = await FolderBook.open(folder, parts.result);
    try {
      for await (const image of inOrder(await journalsOf(parts))) {
        await book.append(image);
        const { entry } = image;
        if (entry.outcome === 'aligned') sum.faces += entry.faces.length;
        else if (entry.outcome !== 'corrected') sum[entry.outcome]++;
      }
    } finally {
      await book.close();
    }
  });
  return done ? sum : undefined;
}

async function journalsOf(parts: PartsFolder): Promise<string[]> {
  return (await Promise.all((await parts.partFolders()).map(journalsIn))).flat();
}

/** What was booked, in the order of the dataset, each photograph once; every journal is in that order by itself. */
async function* inOrder(journals: readonly string[]): AsyncGenerator<BookedImage> {
  const readers = journals.map((path) => bookedIn(path));
  const heads = await Promise.all(readers.map(async (reader) => (await reader.next()).value));
  let last: string | undefined;
  for (;;) {
    let first = -1;
    for (const [index, head] of heads.entries())
      if (head !== undefined && (first < 0 || byPlace(head.entry.image, heads[first]!.entry.image) < 0)) first = index;
    if (first < 0) return;
    const image = heads[first]!;
    // An attempt that was believed dead has gone on beside the next one.
    if (image.entry.image !== last) yield image;
    last = image.entry.image;
    heads[first] = (await readers[first]!.next()).value;
  }
}

async function* bookedIn(path: string): AsyncGenerator<BookedImage, undefined> {
  for await (const line of readJournal(path)) if ('entry' in line) yield line;
  return undefined;
}
