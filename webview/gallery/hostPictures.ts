import type { MadeThumbnail } from '../../src/protocol/webview';

/** Milliseconds without scrolling after which the host is asked. */
const stillness = 120;

/** Pictures that are kept; the page is thrown away when it is hidden, so this is for long galleries alone. */
const mostKept = 2000;

/** Small pictures that the host makes for the page: asked for when they come into sight, kept while there is room. */
export class HostPictures {
  private readonly made = new Map<string, MadeThumbnail>();
  private asked: ReadonlySet<string> = new Set();
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly ask: (paths: string[]) => void) {}

  /** Undefined until the host has answered. */
  of(path: string): MadeThumbnail | undefined {
    return this.made.get(path);
  }

  /** These are in sight now; the host is asked for those that it has not been asked for, once the sight is still. */
  inSight(paths: readonly string[]): void {
    clearTimeout(this.timer);
    const missing = paths.filter((path) => !this.made.has(path));
    if (missing.every((path) => this.asked.has(path))) return;
    this.timer = setTimeout(() => {
      this.asked = new Set(missing);
      this.ask(missing);
    }, stillness);
  }

  /** Keeps what the host has made. */
  receive(made: readonly MadeThumbnail[]): void {
    for (const picture of made) {
      this.made.delete(picture.path);
      this.made.set(picture.path, picture);
    }
    for (const oldest of this.made.keys()) {
      if (this.made.size <= mostKept) break;
      this.made.delete(oldest);
    }
  }

  /** Everything is asked for anew: files may have changed. The host keeps what has not. */
  clear(): void {
    clearTimeout(this.timer);
    this.made.clear();
    this.asked = new Set();
  }
}
