// What memory a process may still take: what the machine has free, and what the control groups around it leave.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { freemem, platform } from 'node:os';
import { dirname, join } from 'node:path';

/** Text of a file; undefined where it cannot be read. */
type ReadText = (path: string) => string | undefined;

const readText: ReadText = (path) => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
};

/** Bytes of main memory that this process may take without driving out what others use. */
export function freeMemory(): number {
  switch (platform()) {
    case 'linux':
      return freeOnLinux(readText);
    case 'darwin':
      return freeOnMac() ?? freemem();
    default:
      return freemem();
  }
}

/** What Linux could give without swapping, or what the tightest control group leaves where that is less. */
export function freeOnLinux(read: ReadText): number {
  const available = /^MemAvailable:\s*(\d+) kB/m.exec(read('/proc/meminfo') ?? '')?.[1];
  const machine = available === undefined ? freemem() : Number(available) * 1024;
  return Math.min(machine, ...controlGroupRoom(read));
}

/** Where a kind of control groups is mounted, and the files that it tells its memory in. */
const kinds = {
  unified: { mount: '/sys/fs/cgroup', limit: 'memory.max', usage: 'memory.current', reclaimable: 'inactive_file' },
  memory: {
    mount: '/sys/fs/cgroup/memory',
    limit: 'memory.limit_in_bytes',
    usage: 'memory.usage_in_bytes',
    reclaimable: 'total_inactive_file',
  },
} as const;

/** What each of the control groups around this process leaves of its limit, of either version. */
function controlGroupRoom(read: ReadText): number[] {
  const lines = (read('/proc/self/cgroup') ?? '').split('\n').map((line) => line.split(':'));
  return lines.flatMap(([id, controllers = '', ...path]) => {
    const isUnified = id === '0' && controllers === '';
    if (!isUnified && !controllers.split(',').includes('memory')) return [];
    const { mount, ...files } = isUnified ? kinds.unified : kinds.memory;
    return foldersUpTo(mount, path.join(':')).flatMap((folder) => roomIn(folder, files, read) ?? []);
  });
}

/** A group's folder and those around it. A container may see only the mount, which then is its own group. */
function foldersUpTo(mount: string, path: string): string[] {
  const folders = [join(mount, path)];
  while (folders.at(-1)!.length > mount.length) folders.push(dirname(folders.at(-1)!));
  return folders;
}

function roomIn(
  folder: string,
  files: { limit: string; usage: string; reclaimable: string },
  read: ReadText,
): number | undefined {
  const limit = Number(read(join(folder, files.limit))?.trim());
  const usage = Number(read(join(folder, files.usage))?.trim());
  if (!Number.isFinite(limit) || !Number.isFinite(usage)) return undefined;
  // Of the files that were read, what nobody has used for a while goes first where memory is wanted.
  const statistics = read(join(folder, 'memory.stat')) ?? '';
  const reclaimable = Number(new RegExp(`^${files.reclaimable} (\\d+)$`, 'm').exec(statistics)?.[1] ?? 0);
  return Math.max(0, limit - usage + reclaimable);
}

/** macOS keeps little free and much that it can give at once, which `os.freemem` leaves out. */
function freeOnMac(): number | undefined {
  try {
    return parseVmStat(execFileSync('/usr/bin/vm_stat', { encoding: 'utf8', timeout: 5000 }));
  } catch {
    return undefined;
  }
}

/** Bytes of the pages that `vm_stat` calls free, inactive, speculative or purgeable; undefined where it says none. */
export function parseVmStat(output: string): number | undefined {
  const page = Number(/page size of (\d+) bytes/.exec(output)?.[1]);
  const pages = ['free', 'inactive', 'speculative', 'purgeable'].map((kind) =>
    Number(new RegExp(`^Pages ${kind}:\\s*(\\d+)\\.`, 'm').exec(output)?.[1] ?? NaN),
  );
  const known = pages.filter(Number.isFinite);
  return Number.isFinite(page) && known.length > 0 ? page * known.reduce((sum, count) => sum + count, 0) : undefined;
}
