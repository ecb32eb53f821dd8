import treeKill from 'tree-kill';

/**
 * Ends a worker and every process it has started, at once and without asking. Nothing happens when it has ended
 * already. A worker that was launched detached leads a process group of its own, which POSIX ends in one call; only
 * Windows needs a walk over its children.
 */
export async function killTree(pid: number): Promise<void> {
  if (process.platform === 'win32') {
    await new Promise<void>((resolve) => treeKill(pid, 'SIGKILL', () => resolve()));
    return;
  }
  for (const target of [-pid, pid]) {
    try {
      process.kill(target, 'SIGKILL');
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}
