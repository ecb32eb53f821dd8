// A dataset that several processes look at, each at the images of its people. What they have seen becomes the facts of the
// whole (`ImageFacts`), from which one look says what is wrong without reading an image again.
import { existsSync } from 'node:fs';
import { mkdir, rmdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { renameOver, writeAside } from '../files/atomicFile';
import { isOfShard } from '../shard/peopleOfShard';
import { PartsFolder, type PartsPlan } from '../shard/partsFolder';
import type { Shard } from '../shard/shard';
import { FactsReader, FactsWriter } from './factsFile';
import { ImageFacts, type LookOptions } from './imageFacts';
import { Samples } from './samples';
import type { Dataset } from './scan';

/** The work that the plan of the parts names. */
export const cleanWork = 'clean';
const factsName = 'facts';

const partsSuffix = '.parts';

/** Folder in which the parts of a dataset lie whose facts are kept in `facts`. */
export function partsOfFacts(facts: string): string {
  return facts + partsSuffix;
}

/** What is to be looked at in parts. */
export interface ShardedLook {
  dataset: Dataset;
  /** File of the facts of the whole. */
  facts: string;
  /** What all parts have to agree on. */
  recipe: PartsPlan['recipe'];
}

/**
 * Looks at the images of one part's people and keeps what was seen. A part that is whole already costs nothing; one that was
 * stopped goes on with what it has not seen, one that was killed begins again.
 * @returns images of the part, and sentences that a user may want to know
 * @throws UserError where the parts are of other settings or another number; StoppedError once the signal is aborted
 */
export async function lookAtShard(
  { dataset, facts, recipe }: ShardedLook,
  shard: Shard,
  options: Pick<LookOptions, 'signal' | 'onProgress'>,
): Promise<{ images: number; notes: readonly string[] }> {
  const result = partsOfFacts(facts);
  await mkdir(result, { recursive: true });
  const parts = await PartsFolder.open(result, { version: 1, work: cleanWork, parts: shard.count, recipe });
  const { paths } = new Samples(dataset.people.filter(({ name }) => isOfShard(name, shard)));
  if (parts.isDone(shard)) return { images: paths.length, notes: [] };
  const own = join(await parts.folderOf(shard), factsName);
  const seen = new ImageFacts(own);
  await seen.look(paths, { ...options, decode: true }, () => undefined);
  await parts.finish(shard, { images: paths.length });
  return { images: paths.length, notes: seen.notes };
}

/**
 * Puts what all parts have seen into the place of the facts of the whole.
 * @returns false where another process has done it
 * @throws UserError where parts are missing
 */
export async function mergeLooks(parts: PartsFolder): Promise<boolean> {
  parts.requireWhole();
  const done = await parts.merge(async (folder) => {
    const sources = (await parts.partFolders()).map((part) => join(part, factsName));
    await mergeFacts(
      sources.filter((source) => existsSync(source)),
      join(folder, factsName),
    );
  });
  if (!done) return false;
  await renameOver(join(parts.result, factsName), join(dirname(parts.result), basename(parts.result, partsSuffix)));
  // A part that was believed dead may have come back to it.
  await rmdir(parts.result).catch(() => undefined);
  return true;
}

/** Writes a file with the rows of several; parts of them that are damaged are left out, as they are looked at again. */
async function mergeFacts(sources: readonly string[], target: string): Promise<void> {
  const aside = await writeAside(target, async (file) => {
    const writer = new FactsWriter(file);
    for (const source of sources) await copyRows(source, writer);
    await writer.finish();
  });
  await aside.commit();
}

async function copyRows(source: string, writer: FactsWriter): Promise<void> {
  let reader: FactsReader;
  try {
    reader = await FactsReader.open(source);
  } catch (error) {
    if (error instanceof RangeError) return;
    throw error;
  }
  try {
    for (const folder of reader.folders()) {
      try {
        await writer.add(folder, (await reader.rowsOf(folder)).words);
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
      }
    }
  } finally {
    await reader.close();
  }
}
