// What has been seen of the images of a dataset, kept between two looks, so that only what has changed is read again.
import { describeError } from '../protocol/errors';
import { digestWords } from './digestTable';
import { FactsReader } from './factsFile';
import type { ImageList } from './imageList';
import { KnownFacts, NewFacts } from './knownFacts';
import type { ImageLook } from './looks/lookAt';
import { LookPool } from './looks/lookPool';

export interface LookOptions {
  /** Whether the images are decoded, too. */
  decode: boolean;
  signal?: AbortSignal | undefined;
  onProgress?: ((done: number, total: number) => void) | undefined;
}

/** Looks at some images, with the keys of those that are new, at their places; undefined for the others. */
interface LookedAt {
  paths: readonly string[];
  looks: ImageLook[];
  newKeys: (Uint32Array | undefined)[];
}

/**
 * Facts of images, each found by a digest of the file's path, size, times and inode: a file that was changed, also in
 * place and with its time set back, has another one (the time of the last change of its inode cannot be set) and is read
 * again. Files that changed less than two seconds before are never taken from here, nor what is wrong with a file. Facts
 * are read and written folder by folder, so that memory does not grow with them.
 */
export class ImageFacts {
  /** What a user may want to know, one sentence each. */
  readonly notes: string[] = [];

  /** @param file where they are kept, which may not be there yet; undefined keeps nothing */
  constructor(private readonly file: string | undefined) {}

  /**
   * Looks at images on all cores and gives `take` what was seen of each, in their order. What is new is kept in the file,
   * beside what it holds of other images where all together are `capacity` at most.
   * @throws StoppedError once the signal is aborted; what was seen until then is kept
   */
  async look(
    images: ImageList,
    { decode, signal, onProgress }: LookOptions,
    take: (look: ImageLook, index: number) => void,
    capacity = images.length,
  ): Promise<void> {
    const { file } = this;
    const known = await this.open();
    const news = file === undefined ? undefined : new NewFacts(file);
    const pool = LookPool.open(images.length);
    const question = decode ? 'pictures' : 'contents';
    const lookAtSome = async (paths: readonly string[]): Promise<LookedAt> => {
      if (file === undefined) return { paths, looks: await pool.ask(question, paths), newKeys: [] };
      const { keys, settled } = await pool.ask('keys', paths);
      const looks: (ImageLook | undefined)[] = [];
      await known?.findAll(paths, { keys, settled }, decode, (look, index) => (looks[index] = look));
      const missing = paths.filter((_, index) => looks[index] === undefined);
      const found = missing.length === 0 ? [] : await pool.ask(question, missing);
      const newKeys: LookedAt['newKeys'] = [];
      let next = 0;
      const all = paths.map((_, index) => {
        const look = looks[index];
        if (look !== undefined) return look;
        if (settled[index] === 1) newKeys[index] = keys.subarray(digestWords * index, digestWords * (index + 1));
        return found[next++]!;
      });
      return { paths, looks: all, newKeys };
    };
    let failure: unknown;
    const takeSome = async ({ paths, looks, newKeys }: LookedAt, start: number, count: number): Promise<void> => {
      for (const [index, look] of looks.entries()) {
        const key = newKeys[index];
        if (key !== undefined && look.fault === undefined && failure === undefined) news!.add(paths[index]!, key, look);
        take(look, start + index);
      }
      if (failure === undefined) await news?.write().catch((error: unknown) => (failure = error));
      onProgress?.(start + count, images.length);
    };
    let isWhole = false;
    try {
      await pool.inOrder(images, lookAtSome, takeSome, signal);
      isWhole = true;
    } finally {
      await pool.close();
      if (news !== undefined) await this.keep(known, news, failure, isWhole ? capacity : Infinity);
      await known?.close();
    }
  }

  /** What the file knows, to be closed; undefined where there is none, with a note where it cannot be used. */
  async open(): Promise<KnownFacts | undefined> {
    const { file } = this;
    if (file === undefined) return undefined;
    const note = `${file} is damaged; some images are looked at again.`;
    const onDamage = (): void => {
      if (!this.notes.includes(note)) this.notes.push(note);
    };
    try {
      return new KnownFacts(await FactsReader.open(file), onDamage);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      const why = error instanceof RangeError ? 'is damaged or of another version' : 'cannot be read';
      this.notes.push(`${file} ${why}; all images are looked at again.`);
      return undefined;
    }
  }

  /** Puts what is new into the file, unless writing it has failed. */
  private async keep(known: KnownFacts | undefined, news: NewFacts, failure: unknown, capacity: number): Promise<void> {
    let problem = failure;
    if (problem === undefined && news.count > 0)
      problem = await news.replace(known, capacity).then(
        () => undefined,
        (error: unknown) => error,
      );
    if (problem === undefined) return;
    await news.discard();
    this.notes.push(`${this.file} cannot be written (${describeError(problem)}); the next look begins anew.`);
  }
}
