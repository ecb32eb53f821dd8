import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import pMap from 'p-map';
import { UserError, throwIfStopped } from '../../protocol/errors';

/** Files that are read at a time. */
const mostOpen = 8;

function contentHash(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex').slice(0, 32);
}

/**
 * Holds the bytes of an image against the hash that they are known by: what is kept under it is of them alone.
 * @throws UserError where the file has changed since
 */
export function requireContent({ path, content }: { path: string; content: string }, bytes: Uint8Array): void {
  if (contentHash(bytes) === content) return;
  throw new UserError(
    `${path} has changed while it was being worked with.`,
    'Let the folder be while its images are read, then resume the run; the image is read anew.',
  );
}

/** Hashes of the contents of files; each file is read once. */
export class ImageContents {
  private readonly known = new Map<string, string>();

  /** In the order of the paths. @throws StoppedError once the signal is aborted */
  async of(paths: readonly string[], signal?: AbortSignal): Promise<string[]> {
    const unknown = [...new Set(paths)].filter((path) => !this.known.has(path));
    const read = async (path: string): Promise<void> => {
      throwIfStopped(signal);
      this.known.set(path, contentHash(await readFile(path)));
    };
    await pMap(unknown, read, { concurrency: mostOpen });
    return paths.map((path) => this.known.get(path)!);
  }
}
