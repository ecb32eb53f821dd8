import type { FileHandle } from 'node:fs/promises';

/** Fills `bytes` from a place of a file on. @throws RangeError where the file is shorter */
export async function readExactly(file: FileHandle, position: number, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const { bytesRead } = await file.read(bytes, done, bytes.length - done, position + done);
    if (bytesRead === 0) throw new RangeError('the file is cut off');
    done += bytesRead;
  }
}
