import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { z } from 'zod';
import { UserError } from '../protocol/errors';
import { jsonFault } from '../protocol/jsonFault';
import { chipOf } from '../protocol/chip';
import { alignmentSchema, chipSchema } from '../protocol/recipe';
import { writeFileAtomic } from '../files/atomicFile';

/** alignment.json in an aligned folder: how its faces were cut out, for every later step that must know. */
export const alignmentRecordSchema = z.looseObject({
  version: z.literal(1),
  detector: z.enum(['mtcnn', 'starter']),
  /** Why this detector was taken, where the user left the choice open. */
  detectorNote: z.string().optional(),
  alignment: alignmentSchema,
  /** Of landmark chips; absent in older records, which is `tip-at-base`. */
  chip: chipSchema.optional(),
  /** Edge of the crops, pixels. */
  imageSize: z.number().int().positive(),
  /** Pixels of the photograph around the box, both sides together. Without meaning for landmark chips. */
  margin: z.number(),
  detectMultipleFaces: z.boolean(),
  /** Photographs were turned as their EXIF orientation says; of old records none. */
  upright: z.boolean().default(false),
  /** Folder of the photographs; of a record that was read, where they are now. */
  source: z.string(),
  /** Way to it from the folder of this file, with forward slashes: it stays right where both are moved. Absent in older records. */
  sourceFromHere: z.string().optional(),
  createdAt: z.string(),
});
export type AlignmentRecord = z.infer<typeof alignmentRecordSchema>;

const fileName = 'alignment.json';

/**
 * The record of an aligned folder; undefined when it has none. Where the photographs were moved together with their faces,
 * its `source` is where they are now.
 * @throws UserError when the file is damaged.
 */
export async function readAlignmentRecord(folder: string): Promise<AlignmentRecord | undefined> {
  const path = join(folder, fileName);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new UserError(`${path} cannot be read.`, 'Check that it is a file you may read.', { cause: error });
  }
  try {
    return withPresentSource(folder, alignmentRecordSchema.parse(JSON.parse(text)));
  } catch (error) {
    throw new UserError(
      `${path} is not an alignment record: ${jsonFault(error)}.`,
      'Delete it, or choose another output folder.',
      { cause: error },
    );
  }
}

/** Of an older record, or where the way leads nowhere: photographs that lie beside their faces under the name that they had. */
function withPresentSource(folder: string, record: AlignmentRecord): AlignmentRecord {
  const { source, sourceFromHere } = record;
  const places = [
    ...(sourceFromHere === undefined ? [] : [resolve(folder, sourceFromHere)]),
    resolve(folder, source),
    join(dirname(resolve(folder)), source.split(/[\\/]/).at(-1)!),
  ];
  return { ...record, source: places.find((place) => existsSync(place)) ?? source };
}

export async function writeAlignmentRecord(folder: string, record: AlignmentRecord): Promise<void> {
  const way = relative(resolve(folder), resolve(record.source));
  // On another drive there is none.
  const stored = isAbsolute(way) ? record : { ...record, sourceFromHere: way.split(sep).join('/') };
  await writeFileAtomic(join(folder, fileName), `${JSON.stringify(stored, undefined, 2)}\n`);
}

const decisive = ['detector', 'alignment', 'chip', 'imageSize', 'margin', 'detectMultipleFaces', 'upright'] as const;

/** Refuses to mix crops of two kinds in one folder. @throws UserError naming the setting that differs. */
export function requireSameRecipe(folder: string, existing: AlignmentRecord, wanted: AlignmentRecord): void {
  for (const key of decisive) {
    if (key === 'margin' && wanted.alignment === 'landmarks') continue;
    const [before, now] = [existing, wanted].map((record) => (key === 'chip' ? chipOf(record) : record[key]));
    if (before !== now) {
      throw new UserError(
        `The faces in ${folder} were aligned with ${key} ${before}, not ${now}.`,
        'Choose another output folder, or use the same settings to continue there.',
      );
    }
  }
}
