import { type FSWatcher, watch } from 'node:fs';
import { stat } from 'node:fs/promises';
import { type Disposes, toDisposable } from '../disposable';

/** Copying a folder makes many events; what follows them is done once, this long after the last one. */
const quietMilliseconds = 500;
/** A system without events for this folder (a network disk, no watches left) is asked this often. */
const pollMilliseconds = 3000;

/**
 * Calls `onChange` after entries of this one folder have come or gone, or the folder itself. What lies in its folders is
 * not watched: a system has watches for some thousand folders, a dataset may have more. Keeps no process alive.
 *
 * VS Code's own watcher is not used: inside a workspace it watches all of it together, and loses folders that are made
 * together with their parent.
 */
export function watchFolder(folder: string, onChange: () => void): Disposes {
  let watcher: FSWatcher | undefined;
  let quiet: NodeJS.Timeout | undefined;
  let known: string | undefined;
  let asking = false;
  let disposed = false;

  const rearm = (): void => {
    watcher?.close();
    watcher = undefined;
    try {
      // "change" is about what is in the files, whose names stay.
      watcher = watch(folder, { persistent: false }, (event) => event === 'rename' && later());
      watcher.on('error', () => watcher?.close());
    } catch {
      watcher = undefined; // Asking does the work.
    }
  };
  const ask = async (): Promise<void> => {
    if (asking) return;
    asking = true;
    const now = await stateOf(folder);
    asking = false;
    if (disposed) return;
    if (known !== undefined && now !== known) {
      // Unannounced: what was watched is another folder, or nothing.
      if (quiet === undefined) rearm();
      later();
    }
    known = now;
  };
  const later = (): void => {
    clearTimeout(quiet);
    quiet = setTimeout(() => {
      quiet = undefined;
      // Before the change is told, so that what happens while it is looked at is another change.
      void stateOf(folder).then((now) => {
        known = now;
        if (!disposed) onChange();
      });
    }, quietMilliseconds);
  };

  rearm();
  void ask();
  const poll = setInterval(() => void ask(), pollMilliseconds).unref();
  return toDisposable(() => {
    disposed = true;
    clearInterval(poll);
    clearTimeout(quiet);
    watcher?.close();
  });
}

/** Changes when an entry comes or goes, and when the folder is removed or is another one under the same name. */
async function stateOf(folder: string): Promise<string> {
  const status = await stat(folder, { bigint: true }).catch(() => undefined);
  return status === undefined ? 'absent' : `${status.ino} ${status.mtimeNs}`;
}
