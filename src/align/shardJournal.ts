// What became of the photographs of one shard, and which of them it has begun: journal-<n>.jsonl in the shard's folder,
// a file for each attempt. Those of all shards become the files of the aligned folder (mergeShards.ts).
import { createReadStream } from 'node:fs';
import { open, readdir, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { byCodePoint } from '../dataset/scan';
import { alignmentEntrySchema } from '../protocol/alignmentLog';
import type { AlignmentBook, BookedImage } from './alignmentBook';
import { writeFailure } from './outputTree';

const begunSchema = z.object({ begun: z.string() });
const bookedSchema = z.object({ boxes: z.array(z.string()), entry: alignmentEntrySchema });
const lineSchema = z.union([bookedSchema, begunSchema]);

/** Of two photographs, `<person>/<photograph>`: which comes first in the dataset. */
export function byPlace(a: string, b: string): number {
  const [personA, personB] = [a.slice(0, a.indexOf('/')), b.slice(0, b.indexOf('/'))];
  return byCodePoint(personA, personB) || byCodePoint(a.slice(personA.length), b.slice(personB.length));
}

/** Journals of a shard, those of earlier attempts first. */
export async function journalsIn(folder: string): Promise<string[]> {
  const names = (await readdir(folder)).flatMap((name) => {
    const number = /^journal-(\d{1,6})\.jsonl$/.exec(name)?.[1];
    return number === undefined ? [] : [{ name, number: Number(number) }];
  });
  return names.sort((a, b) => a.number - b.number).map(({ name }) => join(folder, name));
}

/** The lines of a journal; what a kill has left half written is left out. */
export async function* readJournal(path: string): AsyncGenerator<z.infer<typeof lineSchema>> {
  const input = createReadStream(path, { encoding: 'utf8' });
  for await (const line of createInterface({ input, crlfDelay: Infinity })) {
    const entry = parseLine(line);
    if (entry !== undefined) yield entry;
  }
}

function parseLine(line: string): z.infer<typeof lineSchema> | undefined {
  try {
    return lineSchema.parse(JSON.parse(line));
  } catch {
    return undefined;
  }
}

/**
 * The journal of one attempt at a shard. Photographs are booked in the order of the dataset, so that the last one that is
 * booked says how far the attempts before have come; those that had been begun behind it are done again, as
 * nobody knows whether their crops are there without a line about them.
 */
export class ShardJournal implements AlignmentBook {
  private isCut = false;

  private constructor(
    private readonly path: string,
    private readonly handle: FileHandle,
    private readonly last: string | undefined,
    private readonly begun: ReadonlySet<string>,
  ) {}

  /** @param folder of the shard @throws UserError where it cannot be written */
  static async open(folder: string): Promise<ShardJournal> {
    let last: string | undefined;
    const begun = new Set<string>();
    const earlier = await journalsIn(folder);
    for (const path of earlier) {
      for await (const line of readJournal(path)) {
        if ('begun' in line) begun.add(line.begun);
        else {
          const { image } = line.entry;
          begun.delete(image);
          if (last === undefined || byPlace(image, last) > 0) last = image;
        }
      }
    }
    for (let number = earlier.length + 1; ; number++) {
      const path = join(folder, `journal-${number}.jsonl`);
      try {
        return new ShardJournal(path, await open(path, 'ax'), last, begun);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw writeFailure(path, error);
      }
    }
  }

  /** Whether an earlier attempt has come to this photograph and written down what became of it. */
  isBooked(image: string): boolean {
    return this.last !== undefined && byPlace(image, this.last) <= 0;
  }

  /** Whether an earlier attempt had begun this photograph, whose crop is then no other's. */
  wasBegun(image: string): boolean {
    return this.begun.has(image);
  }

  /** Before a photograph is looked at whose crop is not there. */
  async begin(image: string): Promise<void> {
    await this.write({ begun: image });
  }

  async append(image: BookedImage): Promise<void> {
    if (!this.isCut) await this.write(image);
  }

  /** A photograph was left out: what comes behind it is not booked, so that the next attempt begins with it. */
  cut(): void {
    this.isCut = true;
  }

  private async write(line: z.infer<typeof lineSchema>): Promise<void> {
    try {
      await this.handle.appendFile(`${JSON.stringify(line)}\n`);
    } catch (error) {
      throw writeFailure(this.path, error);
    }
  }

  close(): Promise<void> {
    return this.handle.close();
  }
}
