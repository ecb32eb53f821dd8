// Names of files that are being written aside, which say who writes them.
import { createHash, randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';

/** Stands for this machine in a name, whatever characters its own name has. */
const machine = createHash('sha256').update(hostname()).digest('hex').slice(0, 8);

/** Those of this thread that are being written at the moment. */
const underWay = new Set<string>();

export interface AsideFile {
  /** Name of the file without its folder. */
  name: string;
  /** Whether it was begun on this machine. */
  here: boolean;
  /** Of the process that began it. */
  pid: number;
}

/**
 * A name beside `path` (so that a rename stays on one disk) that no other process chooses:
 * `.<file>.<machine>.<pid>.<random>.tmp`. `release` is called when nothing of this name is there any more.
 */
export function nameAside(path: string): { name: string; release: () => void } {
  const random = randomBytes(4).toString('hex');
  const name = join(dirname(path), `.${basename(path)}.${machine}.${process.pid}.${random}.tmp`);
  underWay.add(basename(name));
  return { name, release: () => void underWay.delete(basename(name)) };
}

/** What a name says that `nameAside` has made; undefined for any other name. */
export function parseAsideName(name: string): AsideFile | undefined {
  const [, where, pid] = /^\..+\.([0-9a-f]{8})\.(\d+)\.[0-9a-f]{8}\.tmp$/.exec(name) ?? [];
  return where === undefined ? undefined : { name, here: where === machine, pid: Number(pid) };
}

/** Whether this thread is writing the file of this name. */
export function isUnderWay(name: string): boolean {
  return underWay.has(name);
}
