import { writeAside, type Aside } from '../files/atomicFile';

/** Browsers keep files of this size. */
const shardBytes = 4 << 20;

/** Names of the files that so many bytes are cut into. */
export function shardNames(bytes: number): string[] {
  const count = Math.max(1, Math.ceil(bytes / shardBytes));
  return Array.from({ length: count }, (_, index) => `group1-shard${index + 1}of${count}.bin`);
}

/** Writes files aside and then renames them all, in their order: the one that names the others stands last. */
export async function writeTogether(files: readonly { path: string; data: string | Uint8Array }[]): Promise<void> {
  const written: Aside[] = [];
  try {
    for (const { path, data } of files) written.push(await writeAside(path, async (file) => file.writeFile(data)));
    while (written.length > 0) {
      await written[0]!.commit();
      written.shift();
    }
  } catch (error) {
    for (const aside of written) await aside.discard().catch(() => undefined);
    throw error;
  }
}

/** The part of the bytes that the file of this number (from 0) holds. */
export function shard(bytes: Uint8Array, index: number): Uint8Array {
  return bytes.subarray(index * shardBytes, (index + 1) * shardBytes);
}
