// images.jsonl in an aligned folder: what became of each photograph, a line each.
import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type AlignmentEntry, alignmentEntrySchema } from '../protocol/alignmentLog';
import { writeFailure } from './outputTree';

const fileName = 'images.jsonl';
/** How the line of a face begins that nothing is to be said of, which are most: it is counted and not parsed. */
const plain = '{"outcome":"aligned"';
const doubtful = '"doubts":[';

/**
 * Appends lines to the log of an aligned folder. Each is one write to the end of the file, so that several processes may
 * share it; what a killed one has left half written is a line of its own, which readers pass over.
 */
export class AlignmentLog {
  private constructor(
    private readonly path: string,
    private readonly handle: FileHandle,
    private atLineStart: boolean,
  ) {}

  /** @throws UserError where it cannot be written */
  static async open(folder: string): Promise<AlignmentLog> {
    const path = join(folder, fileName);
    try {
      const handle = await open(path, 'a+');
      const { size } = await handle.stat();
      const last = Buffer.alloc(1);
      if (size > 0) await handle.read(last, 0, 1, size - 1);
      return new AlignmentLog(path, handle, size === 0 || last[0] === 0x0a);
    } catch (error) {
      throw writeFailure(path, error);
    }
  }

  /** @throws UserError where it cannot be written */
  async append(entry: AlignmentEntry): Promise<void> {
    const line = `${this.atLineStart ? '' : '\n'}${JSON.stringify(entry)}\n`;
    try {
      await this.handle.appendFile(line);
      this.atLineStart = true;
    } catch (error) {
      throw writeFailure(this.path, error);
    }
  }

  close(): Promise<void> {
    return this.handle.close();
  }
}

/** What is worth a look, and how many there are of it. */
export interface AlignmentReview {
  /** The latest of each photograph, without those that went well; in the order of the log. */
  entries: AlignmentEntry[];
  /** Lines about more photographs than those of `entries`. */
  left: number;
  /** False for folders that older versions, or the Python script, have made. */
  isLogged: boolean;
}

/**
 * Reads what is worth a look from the log of an aligned folder, line by line.
 * @param most entries that are kept; of more, those that come first
 */
export async function reviewAlignment(folder: string, most: number, signal?: AbortSignal): Promise<AlignmentReview> {
  const entries = new Map<string, AlignmentEntry>();
  let left = 0;
  try {
    for await (const line of linesOf(folder, signal)) {
      // One that went well is of interest only where it takes the place of an earlier try.
      const wentWell = line.startsWith(plain) && !line.includes(doubtful);
      if (wentWell && !entries.has(imageIn(line))) continue;
      const entry = parseEntry(line);
      if (entry === undefined) continue;
      const known = entries.has(entry.image);
      if (entry.outcome === 'aligned' && entry.doubts === undefined) entries.delete(entry.image);
      else if (known || entries.size < most) entries.set(entry.image, entry);
      else left++;
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { entries: [], left: 0, isLogged: false };
    throw error;
  }
  return { entries: [...entries.values()], left, isLogged: true };
}

/** What the log of an aligned folder says last of one photograph; undefined where it says nothing, or there is none. */
export async function latestEntry(folder: string, image: string): Promise<AlignmentEntry | undefined> {
  let latest: AlignmentEntry | undefined;
  try {
    for await (const line of linesOf(folder)) if (imageIn(line) === image) latest = parseEntry(line) ?? latest;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  return latest;
}

function linesOf(folder: string, signal?: AbortSignal): AsyncIterable<string> {
  const input = createReadStream(join(folder, fileName), { encoding: 'utf8', ...(signal && { signal }) });
  return createInterface({ input, crlfDelay: Infinity });
}

/** The photograph of a line, without its other fields being read; empty where there is none. */
function imageIn(line: string): string {
  const written = /"image":("(?:[^"\\]|\\.)*")/.exec(line)?.[1];
  return written === undefined ? '' : (JSON.parse(written) as string);
}

function parseEntry(line: string): AlignmentEntry | undefined {
  try {
    return alignmentEntrySchema.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}
