import { type FSWatcher, watch } from 'node:fs';
import { folderState } from '../../src/dataset/folderState';
import type { Disposes } from '../disposable';

/** Copying a folder makes many events; what follows them is done once, this long after the last one… */
const quietMilliseconds = 500;
/** …and at the latest this long after the first, as a large copy makes them without a pause. */
const longestWaitMilliseconds = 2000;
/** A system without events for a folder (a network disk, no watches left) is asked this often… */
const pollMilliseconds = 3000;
/** …and less often where there are many folders to ask for. */
const pollMillisecondsPerFolder = 20;

export interface FolderWatchOptions {
  /**
   * Whether the system is asked for events; else the folders are only looked at from time to time. On Windows a folder that
   * is watched keeps those above it from being renamed.
   */
  events?: boolean;
  /** Pause after the last event; default 500. */
  quiet?: number;
}

/**
 * Calls `onChange` after entries of this one folder have come or gone, or the folder itself. What lies in its folders is
 * not watched: a system has watches for some thousand folders, a dataset may have more. Keeps no process alive.
 *
 * VS Code's own watcher is not used: inside a workspace it watches all of it together, and loses folders that are made
 * together with their parent.
 */
export function watchFolder(folder: string, onChange: () => void): Disposes {
  return new FolderWatch(new Map([[folder, undefined]]), onChange, {});
}

/**
 * As `watchFolder`, for several folders together.
 * @param folders with their `folderState` before they were read, so that what came since is noticed
 */
export function watchFolders(
  folders: ReadonlyMap<string, string>,
  onChange: () => void,
  options: FolderWatchOptions = {},
): Disposes {
  return new FolderWatch(new Map(folders), onChange, options);
}

class FolderWatch {
  private readonly watchers = new Map<string, FSWatcher>();
  /** Folders in which something has happened that has not been told yet. */
  private readonly touched = new Set<string>();
  private firstTouch = 0;
  private quiet: NodeJS.Timeout | undefined;
  private poll: NodeJS.Timeout | undefined;
  private disposed = false;

  constructor(
    /** Their states when they were last looked at. */
    private readonly folders: Map<string, string | undefined>,
    private readonly onChange: () => void,
    private readonly options: FolderWatchOptions,
  ) {
    for (const folder of folders.keys()) this.arm(folder);
    void this.ask();
  }

  dispose(): void {
    this.disposed = true;
    clearTimeout(this.poll);
    clearTimeout(this.quiet);
    for (const watcher of this.watchers.values()) watcher.close();
  }

  private arm(folder: string): void {
    if (this.options.events === false) return;
    this.watchers.get(folder)?.close();
    this.watchers.delete(folder);
    try {
      // "change" is about what is in the files, whose names stay.
      const watcher = watch(folder, { persistent: false }, (event) => event === 'rename' && this.touch(folder));
      watcher.on('error', () => watcher.close());
      this.watchers.set(folder, watcher);
    } catch {
      // Asking does the work.
    }
  }

  private async ask(): Promise<void> {
    for (const folder of this.folders.keys()) {
      const now = await folderState(folder);
      if (this.disposed) return;
      const known = this.folders.get(folder);
      if (known !== undefined && now !== known) {
        // Unannounced: what was watched is another folder, or nothing.
        if (!this.touched.has(folder)) this.arm(folder);
        this.touch(folder);
      }
      this.folders.set(folder, now);
    }
    const pause = Math.max(pollMilliseconds, pollMillisecondsPerFolder * this.folders.size);
    this.poll = setTimeout(() => void this.ask(), pause).unref();
  }

  private touch(folder: string): void {
    if (this.disposed) return;
    if (this.touched.size === 0) this.firstTouch = performance.now();
    this.touched.add(folder);
    const { quiet = quietMilliseconds } = this.options;
    const left = Math.max(quiet, longestWaitMilliseconds) - (performance.now() - this.firstTouch);
    clearTimeout(this.quiet);
    this.quiet = setTimeout(() => void this.tell(), Math.max(0, Math.min(quiet, left)));
  }

  private async tell(): Promise<void> {
    const folders = [...this.touched];
    this.touched.clear();
    // Before the change is told, so that what happens while it is looked at is another change.
    for (const folder of folders) this.folders.set(folder, await folderState(folder));
    if (!this.disposed) this.onChange();
  }
}
