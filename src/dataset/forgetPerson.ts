// What is kept of a dataset beside it (names, facts of images, what a check has found), without one of its people.
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { openAside, writeFileAtomic } from '../files/atomicFile';
import { keptCheckSchema } from '../protocol/problem';
import { indexFile } from './datasetIndex';
import { digestOf } from './digestTable';
import { FactsReader, FactsWriter } from './factsFile';
import { SavedIndex, writeIndex } from './savedIndex';
import { personFolder } from './scan';

/** A file that names a person, or was made from their images. */
export interface FileOfPerson {
  path: string;
  /** Writes it anew without them, aside and renamed; done again it changes nothing. */
  forget: () => Promise<void>;
}

/**
 * The files in a folder of indexes that know a person of a dataset. Files that are damaged or of another version are passed
 * over: nothing reads them, and who needs them makes them anew.
 * @throws the system's error
 */
export async function filesOfPerson(indexes: string, root: string, person: string): Promise<FileOfPerson[]> {
  const files = [indexOf, factsOf, checkOf].map(async (find) => find(indexes, resolve(root), person).catch(unusable));
  return (await Promise.all(files)).filter((file) => file !== undefined);
}

function unusable(error: unknown): undefined {
  const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
  if (isMissing || error instanceof RangeError) return undefined;
  throw error;
}

async function indexOf(indexes: string, root: string, person: string): Promise<FileOfPerson | undefined> {
  const path = indexFile(indexes, root, 'index');
  const index = await SavedIndex.open(path, root);
  const names = index.names();
  await index.close();
  if (!names.includes(person)) return undefined;
  return {
    path,
    async forget() {
      const saved = await SavedIndex.open(path, root);
      let kept;
      try {
        const images = await saved.allNames();
        kept = saved.names().map((name, number) => ({ name, images: images(number), ...saved.about(number) }));
      } finally {
        await saved.close();
      }
      const others = kept.filter(({ name }) => name !== person);
      await writeIndex(path, root, others);
    },
  };
}

async function factsOf(indexes: string, root: string, person: string): Promise<FileOfPerson | undefined> {
  const path = indexFile(indexes, root, 'facts');
  const own = String(digestOf(personFolder(root, person)));
  const reader = await FactsReader.open(path);
  const isKnown = [...reader.folders()].some((folder) => String(folder) === own);
  await reader.close();
  if (!isKnown) return undefined;
  return {
    path,
    async forget() {
      const facts = await FactsReader.open(path);
      try {
        const aside = await openAside(path);
        try {
          const writer = new FactsWriter(aside.file);
          for (const folder of facts.folders())
            if (String(folder) !== own) await writer.add(folder, (await facts.rowsOf(folder)).words);
          await writer.finish();
        } catch (error) {
          await aside.discard();
          throw error;
        }
        const written = await aside.finish();
        // Windows replaces no file that is open.
        await facts.close();
        await written.commit();
      } finally {
        await facts.close().catch(() => undefined);
      }
    },
  };
}

async function checkOf(indexes: string, root: string, person: string): Promise<FileOfPerson | undefined> {
  const path = indexFile(indexes, root, 'problems.json');
  const kept = parseCheck(await readFile(path, 'utf8'));
  const others = kept?.problems.filter(({ problem }) => problem.person !== person);
  if (kept === undefined || others?.length === kept.problems.length) return undefined;
  return { path, forget: async () => writeFileAtomic(path, JSON.stringify({ ...kept, problems: others })) };
}

function parseCheck(text: string): ReturnType<typeof keptCheckSchema.safeParse>['data'] {
  try {
    return keptCheckSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
