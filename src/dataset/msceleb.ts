// The TSV files of MS-Celeb-1M: an image in each line (spec §8.12).
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { UserError } from '../protocol/errors';

export interface MsCelebImage {
  /** Folder of the person, and the image's name without an ending. */
  readonly person: string;
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** A name that stays in its folder, whatever the file says. */
function safeName(text: string): string {
  const name = text.replaceAll(/[/\\\0]/g, '_');
  return /^\.+$/.test(name) ? name.replaceAll('.', '_') : name;
}

/**
 * The images of a file, one at a time; memory does not grow with the file. A line that is none is told to `onFault`.
 * @throws UserError where the file cannot be read
 */
export async function* readMsCeleb(
  path: string,
  onFault: (line: number, reason: string) => void,
): AsyncGenerator<MsCelebImage> {
  const stream = createReadStream(path, 'utf8');
  let number = 0;
  try {
    for await (const line of createInterface({ input: stream, crlfDelay: Infinity })) {
      number++;
      if (line === '') continue;
      const fields = line.split('\t');
      const [person, name, , , page, image] = fields;
      if (fields.length < 6 || person === '' || image === undefined) {
        onFault(number, `${fields.length} columns, not 6`);
        continue;
      }
      const bytes = Buffer.from(image, 'base64');
      if (bytes.length === 0) onFault(number, 'no image');
      else yield { person: safeName(person!), name: safeName(`${name}-${page}`), bytes };
    }
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === undefined) throw cause;
    throw new UserError(`${path} cannot be read.`, 'Check that it is a file you may read.', { cause });
  }
}
