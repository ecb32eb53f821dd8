import { open } from 'node:fs/promises';
import { stripVTControlCharacters } from 'node:util';

/**
 * The last lines of a log, at most `lines` of them and from the last 16 kB only; empty where there is no log.
 * The colours of a native library are left out.
 */
export async function logTail(path: string, lines = 40): Promise<string[]> {
  const file = await open(path, 'r').catch(() => undefined);
  if (file === undefined) return [];
  try {
    const { size } = await file.stat();
    const length = Math.min(size, 16 << 10);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, size - length);
    const text = buffer.toString('utf8', 0, bytesRead);
    const all = stripVTControlCharacters(text).split(/\r?\n/);
    // The first line of a cut log is a fragment.
    return (length < size ? all.slice(1) : all).filter((line) => line.trim() !== '').slice(-lines);
  } finally {
    await file.close();
  }
}
