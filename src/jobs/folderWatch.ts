import { stat } from 'node:fs/promises';

/**
 * Calls `onVanished` once when the folder is gone or has been replaced by another one of the same name; looks every
 * `everyMilliseconds` (file watchers do not report this on every file system). Keeps no process alive.
 */
export async function watchFolder(
  folder: string,
  onVanished: () => void,
  everyMilliseconds = 2000,
): Promise<{ dispose(): void }> {
  // Only "not there" counts: a network disk that fails for a moment is no reason to end a training.
  const identity = async (otherwise?: bigint): Promise<bigint | undefined> =>
    stat(folder, { bigint: true }).then(
      ({ ino }) => ino,
      ({ code }: NodeJS.ErrnoException) => (code === 'ENOENT' || code === 'ENOTDIR' ? undefined : otherwise),
    );
  const original = await identity();
  let busy = false;
  const timer = setInterval(() => {
    if (busy) return;
    busy = true;
    void identity(original).then((now) => {
      busy = false;
      if (now === original) return;
      clearInterval(timer);
      onVanished();
    });
  }, everyMilliseconds);
  timer.unref();
  return { dispose: () => clearInterval(timer) };
}
