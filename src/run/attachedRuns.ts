// Runs in any folder, such as one that a cluster's machines share.
import { readdir, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { UserError } from '../protocol/errors';
import type { ListedRun, RunList } from './runList';
import { openRunFolder, runsDirectory } from './runFolder';

/** A network disk that is away keeps whoever asks it waiting; lists do without it after this. */
const patienceMilliseconds = 2000;

/** Why nothing can be shown of a run that somebody has attached to. */
export type Absence = 'gone' | 'unreadable' | 'silent';

/** A run folder that was chosen, with what it holds at the moment. */
export type AttachedRun = { folder: string; run: ListedRun } | { folder: string; absence: Absence };

/**
 * The run folder that somebody means by a folder: it, the one that it lies in (of its `checkpoints` or `logs`), or the only
 * one in it or in its `.facenet/runs`.
 * @throws UserError when that is none, more than one, or one whose run.json cannot be understood
 */
export async function runFolderMeant(path: string): Promise<string> {
  const folder = resolve(path);
  const near = await firstWithRun([folder, dirname(folder)]);
  const inside = near === undefined ? await runsInside(folder) : [near];
  const [only, ...others] = inside;
  if (only === undefined)
    throw new UserError(
      `${folder} is no run folder: it has no run.json, and none of its folders has one.`,
      'Choose the folder that the terminal names as "Run folder".',
    );
  if (others.length > 0)
    throw new UserError(
      `${folder} holds ${inside.length} runs.`,
      `Choose the folder of one, such as ${inside.at(-1)}.`,
    );
  return (await openRunFolder(only)).path;
}

async function firstWithRun(folders: readonly string[]): Promise<string | undefined> {
  for (const folder of folders) if (await hasRecord(folder)) return folder;
  return undefined;
}

/** In the order of their names, which begin with their dates. */
async function runsInside(folder: string): Promise<string[]> {
  const found: string[] = [];
  for (const directory of [folder, runsDirectory(folder)]) {
    const names = await readdir(directory).catch(() => []);
    for (const name of names.sort()) if (await hasRecord(join(directory, name))) found.push(join(directory, name));
  }
  return found;
}

async function hasRecord(folder: string): Promise<boolean> {
  return (await stat(join(folder, 'run.json')).catch(() => undefined))?.isFile() === true;
}

/** Looks at folders that may be on a disk which does not answer: nobody waits for long, and nobody asks it twice at a time. */
export class AttachedFolders {
  private readonly asked = new Map<string, Promise<unknown>>();

  constructor(
    private readonly list: Pick<RunList, 'runAt'>,
    private readonly patience = patienceMilliseconds,
  ) {}

  /** What each of the folders holds, in their order. @param onProblem told why a run.json cannot be understood */
  async look(folders: readonly string[], onProblem: (error: UserError) => void): Promise<AttachedRun[]> {
    return Promise.all(
      folders.map(async (folder): Promise<AttachedRun> => {
        const answer = await this.ask(`run ${folder}`, async () => {
          if (!(await hasRecord(folder))) return 'gone';
          return (await this.list.runAt(folder, onProblem)) ?? 'unreadable';
        });
        return typeof answer === 'object' ? { folder, run: answer } : { folder, absence: answer ?? 'silent' };
      }),
    );
  }

  /** Changes when the record of a run in one of the folders, or what is said of it, does. */
  async state(folders: readonly string[]): Promise<string> {
    const states = folders.map(async (folder) => {
      const times = await this.ask(`state ${folder}`, async () =>
        Promise.all(['run.json', 'about.json'].map(async (name) => timeOf(join(folder, name)))),
      );
      return times?.join(' ') ?? 'silent';
    });
    return (await Promise.all(states)).join();
  }

  /** Undefined where there is no answer in time, and until there is the one that was waited for. */
  private async ask<T>(key: string, task: () => Promise<T>): Promise<T | undefined> {
    const asking = (this.asked.get(key) as Promise<T> | undefined) ?? task().finally(() => this.asked.delete(key));
    this.asked.set(key, asking);
    let timer: NodeJS.Timeout | undefined;
    const silence = new Promise<undefined>((resolveSilence) => {
      timer = setTimeout(() => resolveSilence(undefined), this.patience);
    });
    try {
      return await Promise.race([asking, silence]);
    } finally {
      clearTimeout(timer);
    }
  }
}

async function timeOf(file: string): Promise<number> {
  return (await stat(file).catch(() => undefined))?.mtimeMs ?? 0;
}
