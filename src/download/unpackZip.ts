// Unpacks an archive that came from the network: what it says about names and sizes is not believed.
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, relative, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type Entry, openPromise } from 'yauzl';
import { isInside } from '../files/insideFolder';
import { UserError, describeError, throwIfStopped } from '../protocol/errors';

export interface UnpackOptions {
  signal?: AbortSignal;
  /** Called before each file. */
  onFile?: (name: string) => void;
  /** The most bytes that all files may take together. */
  maximumBytes?: number;
}

/** The largest published archive unpacks to less than a tenth of it. */
const maximumBytes = 8 * 2 ** 30;
const maximumEntries = 1000;

const typeMask = 0o170000;
const allowedTypes = new Set([0, 0o040000, 0o100000]);
const madeOnUnix = 3;

/**
 * Unpacks `archive` into `folder`, which must be empty or absent; the paths of its files, relative to the folder.
 * @throws UserError where the archive is damaged, or leads out of the folder, holds links, encrypted files or too much.
 */
export async function unpackZip(archive: string, folder: string, options: UnpackOptions = {}): Promise<string[]> {
  const limit = options.maximumBytes ?? maximumBytes;
  try {
    const zip = await openPromise(archive);
    try {
      if (zip.entryCount > maximumEntries) throw refused(archive, `it holds ${zip.entryCount} files`);
      const files: string[] = [];
      let bytes = 0;
      for await (const entry of zip.eachEntry()) {
        throwIfStopped(options.signal);
        checkEntry(archive, entry);
        const path = resolve(folder, entry.fileName);
        if (!isInside(resolve(folder), path)) throw refused(archive, `${entry.fileName} leads out of it`);
        if (entry.fileName.endsWith('/')) {
          await mkdir(path, { recursive: true });
          continue;
        }
        // The library checks that an entry is not larger than it says.
        bytes += entry.uncompressedSize;
        if (bytes > limit) throw refused(archive, `it unpacks to more than ${limit} bytes`);
        options.onFile?.(entry.fileName);
        await mkdir(dirname(path), { recursive: true });
        const stream = await zip.openReadStreamPromise(entry);
        await pipeline(stream, createWriteStream(path, { flags: 'wx' }), { signal: options.signal });
        files.push(relative(resolve(folder), path));
      }
      return files;
    } finally {
      zip.close();
    }
  } catch (error) {
    throwIfStopped(options.signal);
    if (error instanceof UserError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOSPC') throw new UserError(`There is no room to unpack ${archive}.`, 'Free some, and try again.');
    throw new UserError(`The archive ${archive} is damaged: ${describeError(error)}.`, 'Download it again.', {
      cause: error,
    });
  }
}

function refused(archive: string, why: string): UserError {
  return new UserError(`The archive ${archive} is not unpacked: ${why}.`, 'Do not trust where it came from.');
}

function checkEntry(archive: string, entry: Entry): void {
  const name = entry.fileName;
  const type = (entry.externalFileAttributes >>> 16) & typeMask;
  if (entry.versionMadeBy >>> 8 === madeOnUnix && !allowedTypes.has(type))
    throw refused(archive, `${name} is a link or another special file`);
  if (entry.isEncrypted()) throw refused(archive, `${name} is encrypted`);
  // eslint-disable-next-line no-control-regex -- such a name means something else to each system
  if (/[\x00-\x1f<>:"|?*]/.test(name) || name === '') throw refused(archive, `it holds a file with an unusable name`);
}
