// Segments of kept activations: rows of float32 in `<name>.f32`, with a table of their ids in `<name>.json`.
import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { writeAside, writeFileAtomic } from '../../files/atomicFile';

const segmentSchema = z.object({
  version: z.literal(1),
  rowLength: z.number().int().positive(),
  rows: z.array(z.string()),
});
export type SegmentTable = z.infer<typeof segmentSchema>;

/** The file of rows beside a table. */
export function rowsBeside(table: string): string {
  return table.replace(/\.json$/, '.f32');
}

/** A table by its path; undefined where it is damaged or its rows are not all there. @throws the system's error */
export async function readSegmentTable(path: string): Promise<SegmentTable | undefined> {
  try {
    const table = segmentSchema.parse(JSON.parse(await readFile(path, 'utf8')));
    const { size } = await stat(rowsBeside(path));
    return size === 4 * table.rowLength * table.rows.length ? table : undefined;
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    if (error instanceof SyntaxError || error instanceof z.ZodError || isMissing) return undefined;
    throw error;
  }
}

/**
 * The ids of a segment; undefined where it is not whole or of another length. Its rows are then computed again, into a
 * segment of the same name.
 */
export async function readSegmentIds(
  directory: string,
  name: string,
  rowLength: number,
): Promise<string[] | undefined> {
  const table = await readSegmentTable(join(directory, name));
  return table?.rowLength === rowLength ? table.rows : undefined;
}

/** Writes a segment; the table last, so that it never stands without its rows. @param data [ids.length, rowLength] */
export async function writeSegment(
  directory: string,
  rowLength: number,
  ids: readonly string[],
  data: Float32Array,
): Promise<void> {
  const name = createHash('sha256').update(ids.join('\n')).digest('hex').slice(0, 24);
  const aside = await writeAside(join(directory, `${name}.f32`), async (handle) => {
    await handle.writeFile(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  });
  await aside.commit();
  const table: SegmentTable = { version: 1, rowLength, rows: [...ids] };
  await writeFileAtomic(join(directory, `${name}.json`), JSON.stringify(table));
}
