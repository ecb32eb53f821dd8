import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import pMap from 'p-map';
import { throwIfStopped } from '../../protocol/errors';

/** Files that are read at a time. */
const mostOpen = 8;

/** Hashes of the contents of files; each file is read once. */
export class ImageContents {
  private readonly known = new Map<string, string>();

  /** In the order of the paths. @throws StoppedError once the signal is aborted */
  async of(paths: readonly string[], signal?: AbortSignal): Promise<string[]> {
    const unknown = [...new Set(paths)].filter((path) => !this.known.has(path));
    const read = async (path: string): Promise<void> => {
      throwIfStopped(signal);
      const hash = createHash('sha256').update(await readFile(path));
      this.known.set(path, hash.digest('hex').slice(0, 32));
    };
    await pMap(unknown, read, { concurrency: mostOpen });
    return paths.map((path) => this.known.get(path)!);
  }
}
