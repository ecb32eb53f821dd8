// The text files of an aligned folder that name photographs, without those of one person.
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { writeAside } from '../files/atomicFile';
import { imageOfLine, logFileName } from './alignmentLog';

/** What is gathered before it is written. */
const charactersAtOnce = 1 << 16;

/** A text file in which some lines name photographs of a person. */
export interface LinesOfPerson {
  path: string;
  lines: number;
  /** Writes it anew without them, aside and renamed. */
  forget: () => Promise<void>;
}

/**
 * The log and the files of bounding boxes in an aligned folder that name photographs of a person.
 * @throws the system's error; a folder that is not there has none
 */
export async function linesOfPerson(folder: string, person: string): Promise<LinesOfPerson[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException): string[] => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return [];
    throw error;
  });
  const found: LinesOfPerson[] = [];
  for (const name of names.sort()) {
    const isTheirs = reader(name, person);
    if (isTheirs === undefined) continue;
    const path = join(folder, name);
    let lines = 0;
    for await (const line of linesOf(path)) if (isTheirs(line)) lines++;
    if (lines > 0) found.push({ path, lines, forget: async () => writeWithout(path, isTheirs) });
  }
  return found;
}

/** Tells whether a line of the file of this name is about a photograph of the person; undefined for any other file. */
function reader(name: string, person: string): ((line: string) => boolean) | undefined {
  if (name === logFileName) return (line) => imageOfLine(line).startsWith(`${person}/`);
  // `<folder>/<person>/<face>.png` and four numbers, spaces in all of them possible.
  if (/^bounding_boxes_\d+\.txt$/.test(name)) return (line) => line.split(/[\\/]/).at(-2) === person;
  return undefined;
}

function linesOf(path: string): AsyncIterable<string> {
  return createInterface({ input: createReadStream(path, 'utf8'), crlfDelay: Infinity });
}

async function writeWithout(path: string, isTheirs: (line: string) => boolean): Promise<void> {
  const aside = await writeAside(path, async (file) => {
    let kept = '';
    for await (const line of linesOf(path)) {
      if (!isTheirs(line)) kept += `${line}\n`;
      if (kept.length < charactersAtOnce) continue;
      await file.appendFile(kept);
      kept = '';
    }
    await file.appendFile(kept);
  });
  await aside.commit();
}
