import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { OwnedRun } from '../run/claim';

/** `vanished`: removed, moved, or replaced by another one of its name. `taken`: another worker owns it now. */
export type FolderLoss = 'vanished' | 'taken';

/**
 * Calls `onLost` once when a run folder is this process's no longer; looks every `everyMilliseconds` (file watchers do not
 * report this on every file system). A folder that is not there is removed where the one above it is what it was; where that
 * is gone as well its disk is away, which is waited for by who writes. Keeps no process alive.
 */
export async function watchFolder(
  folder: string,
  owned: Pick<OwnedRun, 'standing'>,
  onLost: (how: FolderLoss) => void,
  everyMilliseconds = 2000,
): Promise<{ dispose(): void }> {
  const above = await identity(dirname(folder));
  let busy = false;
  const look = async (): Promise<FolderLoss | undefined> => {
    // Only "not there" counts: a network disk that fails for a moment is no reason to end a training.
    if ((await identity(folder)) === undefined)
      return (await identity(dirname(folder))) === above ? 'vanished' : undefined;
    const standing = await owned.standing().catch(() => 'ours' as const);
    return standing === 'ours' ? undefined : standing === 'taken' ? 'taken' : 'vanished';
  };
  const timer = setInterval(() => {
    if (busy) return;
    busy = true;
    void look().then((loss) => {
      busy = false;
      if (loss === undefined) return;
      clearInterval(timer);
      onLost(loss);
    });
  }, everyMilliseconds);
  timer.unref();
  return { dispose: () => clearInterval(timer) };
}

/** Which folder has this name; undefined where none has, `unknown` where that cannot be seen. */
async function identity(folder: string): Promise<string | undefined> {
  return stat(folder, { bigint: true }).then(
    ({ dev, ino }) => `${dev} ${ino}`,
    ({ code }: NodeJS.ErrnoException) => (code === 'ENOENT' || code === 'ENOTDIR' ? undefined : 'unknown'),
  );
}
