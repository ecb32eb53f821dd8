import { stat } from 'node:fs/promises';
import { isInside } from '../../src/files/insideFolder';
import { describeError } from '../../src/protocol/errors';
import type { Thumbnail, ThumbnailLine } from '../../src/protocol/thumbnail';

/**
 * Makes thumbnails of files and tells each as it is made, in any order. Rejects where it could not begin or was
 * aborted; a picture that cannot be read is told as a problem.
 */
export type ThumbnailMaker = (
  paths: readonly string[],
  onMade: (line: ThumbnailLine) => void,
  signal: AbortSignal,
) => Promise<void>;

/** Why a picture has no thumbnail, as one sentence each. */
export interface ThumbnailWords {
  gone(path: string): string;
  noFile(path: string): string;
  notMade(path: string): string;
}

/** Characters that are kept, about as many bytes: some hundred pictures. */
const mostKept = 12_000_000;

/** Pictures that are asked of the maker at a time, so that those in sight first are not made last. */
const atOnce = 24;

/** Small versions of pictures, made where the pictures are, and kept while their files are as they were. */
export class Thumbnails {
  /** By path, size and time of change; the one used last is at the end. */
  private readonly kept = new Map<string, Thumbnail>();
  private characters = 0;

  constructor(
    private readonly make: ThumbnailMaker,
    private readonly words: ThumbnailWords,
    private readonly limit = mostKept,
  ) {}

  /** One thumbnail, or why there is none. @throws the maker's error, or the reason of `signal` */
  async of(path: string, signal: AbortSignal = new AbortController().signal): Promise<Thumbnail> {
    let made: Thumbnail | undefined;
    await this.several([path], (_, thumbnail) => (made = thumbnail), signal);
    return made!;
  }

  /**
   * Tells the thumbnail of each path once, in any order: those that are kept first.
   * @throws the maker's error; the reason of `signal` when it is aborted: then nothing more is told.
   */
  async several(
    paths: readonly string[],
    onMade: (path: string, thumbnail: Thumbnail) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const missing = new Map<string, string>();
    for (const path of new Set(paths)) {
      const key = await keyOf(path, this.words);
      signal.throwIfAborted();
      const known = typeof key === 'string' ? this.take(key) : key;
      if (known !== undefined) onMade(path, known);
      else missing.set(path, key as string);
    }
    const wanted = [...missing.keys()];
    for (let from = 0; from < wanted.length; from += atOnce) {
      const some = new Set(wanted.slice(from, from + atOnce));
      const tell = (path: string, thumbnail: Thumbnail): void => {
        if (signal.aborted || !some.delete(path)) return;
        this.keep(missing.get(path)!, thumbnail);
        onMade(path, thumbnail);
      };
      await this.make([...some], ({ path, ...thumbnail }) => tell(path, thumbnail), signal);
      signal.throwIfAborted();
      // A maker that ends early has said so in its error; one that forgets a picture must not keep a page waiting.
      for (const path of some) onMade(path, { problem: this.words.notMade(path) });
    }
  }

  /** Keeps nothing of files in a folder. */
  forgetBelow(folder: string): void {
    for (const key of [...this.kept.keys()]) if (isInside(folder, key.slice(0, key.indexOf('\n')))) this.forget(key);
  }

  private take(key: string): Thumbnail | undefined {
    const thumbnail = this.kept.get(key);
    if (thumbnail === undefined) return undefined;
    this.kept.delete(key);
    this.kept.set(key, thumbnail);
    return thumbnail;
  }

  private keep(key: string, thumbnail: Thumbnail): void {
    this.forget(key);
    this.kept.set(key, thumbnail);
    this.characters += lengthOf(thumbnail);
    for (const oldest of this.kept.keys()) {
      if (this.characters <= this.limit) break;
      this.forget(oldest);
    }
  }

  private forget(key: string): void {
    const thumbnail = this.kept.get(key);
    if (thumbnail === undefined) return;
    this.kept.delete(key);
    this.characters -= lengthOf(thumbnail);
  }
}

function lengthOf(thumbnail: Thumbnail): number {
  return 'data' in thumbnail ? thumbnail.data.length : thumbnail.problem.length;
}

/** What a thumbnail is kept under, or why there can be none. */
async function keyOf(path: string, words: ThumbnailWords): Promise<string | { problem: string }> {
  try {
    const status = await stat(path);
    return status.isFile() ? `${path}\n${status.size}\n${status.mtimeMs}` : { problem: words.noFile(path) };
  } catch (error) {
    const gone = (error as NodeJS.ErrnoException).code === 'ENOENT';
    return { problem: gone ? words.gone(path) : describeError(error) };
  }
}
