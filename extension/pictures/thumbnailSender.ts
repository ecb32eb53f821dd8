import { describeError } from '../../src/protocol/errors';
import type { MadeThumbnail } from '../../src/protocol/webview';
import type { Thumbnails } from './thumbnails';

/** Thumbnails that are made within this time go to the page together. */
const batchMilliseconds = 60;

/** Makes the small pictures that a page wants: those of the latest wish, each told once. */
export class ThumbnailSender {
  private making = new AbortController();

  constructor(
    private readonly thumbnails: Thumbnails,
    private readonly send: (made: MadeThumbnail[]) => void,
  ) {}

  dispose(): void {
    this.making.abort();
  }

  /**
   * In place of what the page wanted before: it has been scrolled, and asks again for what it still lacks.
   * @param wanted absolute paths, by the names that the page has for them
   */
  async make(wanted: ReadonlyMap<string, string>): Promise<void> {
    this.making.abort();
    const { signal } = (this.making = new AbortController());
    const missing = new Map([...wanted].map(([name, path]) => [path, name]));
    let made: MadeThumbnail[] = [];
    let timer: NodeJS.Timeout | undefined;
    const flush = (): void => {
      clearTimeout(timer);
      timer = undefined;
      if (made.length > 0) this.send(made);
      made = [];
    };
    try {
      const tell: Parameters<Thumbnails['several']>[1] = (path, thumbnail) => {
        const name = missing.get(path);
        if (name === undefined) return;
        missing.delete(path);
        made.push({ path: name, ...thumbnail });
        timer ??= setTimeout(flush, batchMilliseconds);
      };
      await this.thumbnails.several([...missing.keys()], tell, signal);
    } catch (error) {
      const problem = describeError(error);
      if (!signal.aborted) for (const path of missing.values()) made.push({ path, problem });
    }
    flush();
  }
}
