// about.json: what a person says of a run. The worker owns run.json and never writes here.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomic } from '../files/atomicFile';
import { ChangedFile } from '../files/changedFile';
import { UserError } from '../protocol/errors';
import { jsonFault } from '../protocol/jsonFault';
import { type AboutPatch, type RunAbout, runAboutSchema } from '../protocol/runAbout';

const fileOf = (runFolder: string): string => join(runFolder, 'about.json');

/** How a system refuses to write into a folder of somebody else's. */
const readOnlyCodes = new Set(['EACCES', 'EPERM', 'EROFS']);

/** Of a run of which nothing was said. */
const nothingSaid: RunAbout = runAboutSchema.parse({});

function parse(path: string, text: string): RunAbout {
  try {
    return runAboutSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new UserError(
      `${path}, which holds the name, note and tags of a run, cannot be understood: ${jsonFault(cause)}.`,
      'Correct it, or delete it to begin anew.',
      { cause },
    );
  }
}

/** What was said of a run. @throws UserError when its about.json cannot be understood, the system's error when it cannot be read */
export async function readAbout(runFolder: string): Promise<RunAbout> {
  const path = fileOf(runFolder);
  const text = await readFile(path, 'utf8').catch(noFile);
  return text === undefined ? nothingSaid : parse(path, text);
}

/** Reads what is said of one run again when it has changed. */
export class AboutReader {
  private readonly file: ChangedFile;
  private current = nothingSaid;

  constructor(runFolder: string) {
    this.file = new ChangedFile(fileOf(runFolder));
  }

  /** As it was read last; nothing of a file that cannot be read. */
  get about(): RunAbout {
    return this.current;
  }

  /**
   * Reads it where it has changed; gives whether that was so.
   * @throws UserError once for each file that cannot be understood
   */
  async look(): Promise<boolean> {
    const before = this.current;
    const text = await this.file.next().catch((error: unknown) => {
      // A file that comes back may be the one that was read.
      this.file.forget();
      this.current = nothingSaid;
      return noFile(error);
    });
    if (text !== undefined) {
      this.current = nothingSaid;
      this.current = parse(this.file.path, text);
    }
    return this.current !== before;
  }
}

/**
 * Changes what was said of a run and gives all of it. The file is written aside and renamed.
 * @throws UserError when what is there cannot be understood, which is then left as it is, a value is too long, or the folder
 * of the run may not be written to
 */
export async function changeAbout(runFolder: string, patch: AboutPatch): Promise<RunAbout> {
  const before: Record<string, unknown> = await readAbout(runFolder);
  const after = Object.entries({ ...before, ...patch }).filter(([, value]) => value !== null && value !== '');
  const checked = runAboutSchema.safeParse(Object.fromEntries(after));
  if (!checked.success) throw new UserError(`The run cannot be described so: ${jsonFault(checked.error)}.`);
  await writeFileAtomic(fileOf(runFolder), `${JSON.stringify(checked.data, undefined, 2)}\n`).catch(
    (cause: unknown) => {
      if (!readOnlyCodes.has((cause as NodeJS.ErrnoException).code ?? '')) throw cause;
      const message = `${runFolder} may not be written to, so that nothing can be said of its run there.`;
      throw new UserError(message, 'Whoever it belongs to can do that.', { cause });
    },
  );
  return checked.data;
}

function noFile(error: unknown): undefined {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  return undefined;
}
