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
  if (!kill(-pid)) kill(pid);
}

/**
 * Ends what a worker that has just ended has left running: the rest of its process group. Windows has no groups; there
 * the children of a worker are known only while it lives.
 */
export function endGroup(pid: number): void {
  if (process.platform !== 'win32') kill(-pid);
}

/** Whether there was such a process, or group where the number is negative. */
function kill(target: number): boolean {
  try {
    process.kill(target, 'SIGKILL');
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // macOS says EPERM for a group of which only zombies are left.
    if (code === 'ESRCH' || (code === 'EPERM' && process.platform === 'darwin')) return false;
    throw error;
  }
}
