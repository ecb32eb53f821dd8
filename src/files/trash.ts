// Where something goes that is thrown away in a terminal, so that it can be taken back.
import { cp, lstat, mkdir, open, rename, rm } from 'node:fs/promises';
import { homedir, userInfo } from 'node:os';
import { basename, dirname, extname, join, relative, resolve } from 'node:path';
import { UserError, describeError } from '../protocol/errors';

/** Where something lies now that was thrown away. */
export interface Discarded {
  from: string;
  to: string;
  /** It lies in the desktop's trash; else in a folder. */
  trash: boolean;
}

export interface TrashOptions {
  /** Folder for what cannot go to a trash; made where it is missing. */
  otherwise: string;
  /** Takes no trash though there may be one. */
  onlyFolder?: boolean;
}

/** Names that are tried where one is taken. */
const mostOfOneName = 1000;

/**
 * Moves a file or a folder to the desktop's trash: that of freedesktop.org (Trash 1.0) on Linux, `~/.Trash` on a Mac, where
 * it lies on the same disk. Anywhere else it goes to the folder `otherwise`. Nothing that is there is overwritten. A
 * link is moved, never what it points to.
 * @throws UserError where it can be moved nowhere; then it is where it was
 */
export async function throwAway(path: string, { otherwise, onlyFolder = false }: TrashOptions): Promise<Discarded> {
  const from = resolve(path);
  if (!onlyFolder) {
    for (const trash of await trashesFor(from)) {
      const to = await trash(from).catch(() => undefined);
      if (to !== undefined) return { from, to, trash: true };
    }
  }
  try {
    await mkdir(otherwise, { recursive: true });
    return { from, to: await moveToFreeName(from, otherwise), trash: false };
  } catch (error) {
    throw new UserError(
      `${from} could not be moved to ${otherwise} (${describeError(error)}).`,
      'Check that both may be written.',
      { cause: error },
    );
  }
}

/** Moves a path there; undefined where this trash is not of its disk. */
type Trash = (from: string) => Promise<string | undefined>;

async function trashesFor(from: string): Promise<Trash[]> {
  if (process.platform === 'darwin') return [macTrash];
  if (process.platform !== 'linux') return [];
  const data = process.env.XDG_DATA_HOME;
  const home = join(data === undefined || data === '' ? join(homedir(), '.local', 'share') : data, 'Trash');
  const top = await topOf(dirname(from));
  const own = join(top, `.Trash-${userInfo().uid}`);
  return [
    async (path) => freedesktopTrash(path, home, (absolute) => absolute),
    async (path) => freedesktopTrash(path, own, (absolute) => relative(top, absolute)),
  ];
}

/** The highest folder of the disk that a folder lies on. */
async function topOf(folder: string): Promise<string> {
  const { dev } = await lstat(folder);
  let top = folder;
  for (let above = dirname(top); above !== top && (await lstat(above)).dev === dev; above = dirname(top)) top = above;
  return top;
}

async function macTrash(from: string): Promise<string | undefined> {
  const trash = join(homedir(), '.Trash');
  return (await onSameDisk(from, trash)) ? moveToFreeName(from, trash) : undefined;
}

/** @param pathIn what stands in the file of information for where something was */
async function freedesktopTrash(
  from: string,
  trash: string,
  pathIn: (absolute: string) => string,
): Promise<string | undefined> {
  const [files, information] = [join(trash, 'files'), join(trash, 'info')];
  for (const folder of [files, information]) await mkdir(folder, { recursive: true, mode: 0o700 });
  if (!(await onSameDisk(from, files))) return undefined;
  const date = new Date();
  const local = new Date(date.getTime() - 60_000 * date.getTimezoneOffset()).toISOString().slice(0, 19);
  const path = pathIn(from).split('/').map(encodeURIComponent).join('/');
  for (const name of namesLike(basename(from))) {
    const about = join(information, `${name}.trashinfo`);
    // The file of information is what claims a name.
    const file = await open(about, 'wx', 0o600).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') return undefined;
      throw error;
    });
    if (file === undefined) continue;
    const to = join(files, name);
    try {
      await file.writeFile(`[Trash Info]\nPath=${path}\nDeletionDate=${local}\n`);
      await file.close();
      if (await isThere(to)) throw new Error('the name is taken');
      await rename(from, to);
      return to;
    } catch (error) {
      await file.close().catch(() => undefined);
      await rm(about, { force: true });
      throw error;
    }
  }
  return undefined;
}

async function onSameDisk(path: string, folder: string): Promise<boolean> {
  const [a, b] = await Promise.all([lstat(path), lstat(folder)]);
  return a.dev === b.dev;
}

/** Moves a file or folder into a folder, also of another disk, under its name or one with a number. */
async function moveToFreeName(from: string, folder: string): Promise<string> {
  for (const name of namesLike(basename(from))) {
    const to = join(folder, name);
    if (await isThere(to)) continue;
    try {
      await rename(from, to);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error;
      await cp(from, to, { recursive: true, errorOnExist: true, force: false, verbatimSymlinks: true });
      await rm(from, { recursive: true });
    }
    return to;
  }
  throw new Error('too many of that name are there already');
}

function* namesLike(name: string): Generator<string> {
  const extension = extname(name);
  const stem = name.slice(0, name.length - extension.length);
  yield name;
  for (let number = 2; number <= mostOfOneName; number++) yield `${stem} (${number})${extension}`;
}

async function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
