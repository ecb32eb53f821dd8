// Whether a process was killed because memory ran out: the system kills without a word, and counts.
import { readFileSync } from 'node:fs';
import { freemem, totalmem } from 'node:os';
import { dirname, join } from 'node:path';

/** Called when a process is started, and asked when it was killed. */
export interface MemoryWitness {
  /** The process lives. To be called about once a second: kills that others suffer say nothing about it. */
  look(): void;
  /**
   * What speaks for want of memory, as a phrase; undefined where nothing does.
   * @param residentBytes of the process when it was last looked at
   */
  evidence(residentBytes: number | undefined): string | undefined;
}

/** A process that held so much of what there is cannot have grown much more. */
const closeToLimit = 0.85;
/** What the whole machine had left. */
const nothingLeft = 0.03;
const controlGroups = '/sys/fs/cgroup';

/**
 * Counters of kills are Linux's: of the process's control group and of the machine. Where there are none, and for
 * programs that kill in the system's place (systemd-oomd, macOS), what the process held last has to do.
 *
 * @param read a file of /proc or /sys as text; undefined where there is none
 */
export function callMemoryWitness(read = readText): MemoryWitness {
  const group = controlGroup(read);
  let before = counters(group, read);
  let last = before;
  return {
    look() {
      // The last look but one: the process may have been killed just before the last, which was late.
      before = last;
      last = counters(group, read);
    },
    evidence(residentBytes) {
      const after = counters(group, read);
      if (grew(before.group, after.group)) return 'its control group counts one more kill for want of memory';
      if (grew(before.machine, after.machine)) return 'the system counts one more kill for want of memory';
      const limit = Math.min(group === undefined ? Infinity : group.limit, totalmem());
      if (residentBytes !== undefined && residentBytes >= closeToLimit * limit)
        return `it held ${gigabytes(residentBytes)} of ${gigabytes(limit)}`;
      // What it held has been given back by now: little is left only where others hold the rest.
      if (residentBytes !== undefined && availableBytes(read) - residentBytes < nothingLeft * totalmem())
        return `the machine had hardly any of its ${gigabytes(totalmem())} left`;
      return undefined;
    },
  };
}

interface ControlGroup {
  folder: string;
  version: 1 | 2;
  /** Bytes; infinite where there is none. */
  limit: number;
}

/** The group of this process, of version 2 where there are both. */
function controlGroup(read: typeof readText): ControlGroup | undefined {
  const lines = read('/proc/self/cgroup')?.split('\n') ?? [];
  const unified = lines.find((line) => line.startsWith('0::'))?.slice(3);
  if (unified !== undefined && read(join(controlGroups, unified, 'memory.events')) !== undefined) {
    return { folder: join(controlGroups, unified), version: 2, limit: limitAbove(unified, read) };
  }
  const own = lines.find((line) => /^\d+:([^:]*,)?memory(,[^:]*)?:/.test(line));
  if (own === undefined) return undefined;
  const folder = join(controlGroups, 'memory', own.split(':').slice(2).join(':'));
  // In a container its own group is mounted in place of the root.
  const found = [folder, join(controlGroups, 'memory')].find((path) => read(join(path, 'memory.oom_control')));
  if (found === undefined) return undefined;
  return { folder: found, version: 1, limit: numberIn(read(join(found, 'memory.limit_in_bytes'))) ?? Infinity };
}

/** The tightest limit of a group of version 2 and of those that it lies in. */
function limitAbove(group: string, read: typeof readText): number {
  let least = Infinity;
  for (let path = group; ; path = dirname(path)) {
    least = Math.min(least, numberIn(read(join(controlGroups, path, 'memory.max'))) ?? Infinity);
    if (dirname(path) === path) return least;
  }
}

/** Kills so far; undefined where they are not counted. */
function counters(
  group: ControlGroup | undefined,
  read: typeof readText,
): { group: number | undefined; machine: number | undefined } {
  const file = group?.version === 1 ? 'memory.oom_control' : 'memory.events';
  const own = group === undefined ? undefined : read(join(group.folder, file));
  return { group: valueOf('oom_kill', own), machine: valueOf('oom_kill', read('/proc/vmstat')) };
}

function grew(before: number | undefined, after: number | undefined): boolean {
  return before !== undefined && after !== undefined && after > before;
}

/** What can be used without swapping. */
function availableBytes(read: typeof readText): number {
  const kilobytes = valueOf('MemAvailable:', read('/proc/meminfo'));
  return kilobytes === undefined ? freemem() : kilobytes * 1024;
}

/** The number after a name at the beginning of a line. */
function valueOf(name: string, text: string | undefined): number | undefined {
  const line = text?.split('\n').find((candidate) => candidate.startsWith(`${name} `));
  return numberIn(line?.slice(name.length));
}

function numberIn(text: string | undefined): number | undefined {
  const digits = /^\s*(\d+)/.exec(text ?? '')?.[1];
  return digits === undefined ? undefined : Number(digits);
}

function gigabytes(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return undefined;
  }
}
