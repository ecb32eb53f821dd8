import { resolve } from 'node:path';
import type { RunWatch } from './runWatch';

/** The right to a shared watch; disposed by its user when he does not look any more. */
export interface RunLease {
  readonly watch: RunWatch;
  dispose(): void;
}

interface Shared {
  users: number;
  readonly opening: Promise<RunWatch>;
}

/**
 * The watches of this process: one per run folder, however many look at it, and none that nobody looks at. Loads nothing
 * before the first is asked for.
 */
export class RunWatches {
  private readonly shared = new Map<string, Shared>();

  /** @param onProblem told when the run.json of a watched run cannot be read any more */
  constructor(private readonly onProblem?: (error: unknown) => void) {}

  /** Run folders that are being watched. */
  get folders(): string[] {
    return [...this.shared.keys()];
  }

  /** The watch of a run folder. @throws UserError when the folder holds no run that can be understood */
  async acquire(folder: string): Promise<RunLease> {
    const path = resolve(folder);
    const shared = this.shared.get(path) ?? { users: 0, opening: this.open(path) };
    this.shared.set(path, shared);
    shared.users++;
    let released = false;
    const dispose = (): void => {
      if (released) return;
      released = true;
      if (--shared.users === 0) this.close(path, shared);
    };
    try {
      return { watch: await shared.opening, dispose };
    } catch (error) {
      dispose();
      throw error;
    }
  }

  /** Ends all watches; what is still held of them hears nothing any more. */
  dispose(): void {
    for (const [path, shared] of [...this.shared]) this.close(path, shared);
  }

  private async open(path: string): Promise<RunWatch> {
    const { RunWatch } = await import('./runWatch');
    return RunWatch.open(path, this.onProblem);
  }

  private close(path: string, shared: Shared): void {
    if (this.shared.get(path) === shared) this.shared.delete(path);
    void shared.opening.then(
      (watch) => watch.dispose(),
      () => undefined, // There was nothing to watch, which whoever asked has been told.
    );
  }
}
