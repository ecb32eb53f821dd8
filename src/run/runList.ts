// The runs of a workspace, and which of them somebody means.
import { readdir, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { UserError } from '../protocol/errors';
import type { RunRecord } from '../protocol/run';
import type { RunAbout } from '../protocol/runAbout';
import { nameOfRun } from '../protocol/runName';
import { AboutReader } from './about';
import { livenessOf } from './liveness';
import { oneAtATime } from './oneAtATime';
import { RecordReader } from './recordReader';
import { type RunFolder, openRunFolder, runsDirectory } from './runFolder';

export interface ListedRun {
  /** Absolute path of the run folder. */
  folder: string;
  /** With `lost` as its state where the worker is gone without having said so; run.json itself is not changed. */
  record: RunRecord;
  /** What a person says of it; nothing where that cannot be read. */
  about: RunAbout;
  /** What it is called wherever it is shown. */
  name: string;
}

/** So many runs are read at once; each is a file or two that are open. */
const atOnce = 32;

type Problem = (error: UserError) => void;

/** One run of a list, read again where it has changed. */
class KnownRun {
  private last: RunRecord | undefined;
  private readonly record: RecordReader;
  private readonly about: AboutReader;
  private problems: UserError[] = [];

  /** Reads what has changed. Calls may overlap. */
  private readonly look = oneAtATime(async () => {
    await this.attempt(async () => (this.last = (await this.record.next()) ?? this.last));
    await this.attempt(async () => this.about.look());
  });

  constructor(private readonly folder: string) {
    this.record = new RecordReader(folder);
    this.about = new AboutReader(folder);
  }

  /** As it stands now; undefined where there is no run. */
  async read(onProblem: Problem): Promise<ListedRun | undefined> {
    await this.look();
    for (const problem of this.problems.splice(0)) onProblem(problem);
    const { last, folder } = this;
    if (last === undefined) return undefined;
    const { about } = this.about;
    const record = { ...last, state: await livenessOf(last, folder) };
    return { folder, record, about, name: nameOfRun(record, about) };
  }

  private async attempt(task: () => Promise<unknown>): Promise<void> {
    try {
      await task();
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      this.problems.push(error);
    }
  }
}

/** Lists runs again and again, as views do: a file is read only where it has changed since. */
export class RunList {
  private readonly known = new Map<string, KnownRun>();

  /**
   * All runs of a workspace, newest first. Folders whose run.json cannot be read are told to `onProblem`, once for each
   * state of the file, and left out; what is said of a run and cannot be read is told there too.
   */
  async list(workspaceRoot: string, onProblem: Problem = () => undefined): Promise<ListedRun[]> {
    const directory = runsDirectory(workspaceRoot);
    const folders = (await foldersIn(directory)).map((name) => join(directory, name));
    const runs: (ListedRun | undefined)[] = [];
    for (let first = 0; first < folders.length; first += atOnce) {
      const some = folders.slice(first, first + atOnce);
      runs.push(...(await Promise.all(some.map(async (folder) => this.runIn(folder).read(onProblem)))));
    }
    return runs.filter((run) => run !== undefined).sort((a, b) => (a.record.id < b.record.id ? 1 : -1));
  }

  /** The run in any folder, as `list` gives it; undefined where its run.json cannot be understood. */
  async runAt(folder: string, onProblem: Problem = () => undefined): Promise<ListedRun | undefined> {
    return this.runIn(folder).read(onProblem);
  }

  private runIn(folder: string): KnownRun {
    const run = this.known.get(folder) ?? new KnownRun(folder);
    this.known.set(folder, run);
    return run;
  }
}

async function foldersIn(directory: string): Promise<string[]> {
  try {
    const entries = await readdir(directory, { withFileTypes: true });
    // A run that was moved elsewhere may be linked to.
    const folders = entries.filter((entry) => entry.isDirectory() || entry.isSymbolicLink());
    return folders.map(({ name }) => name).filter((name) => !name.startsWith('.'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** At most `most` of the newest runs in a folder of runs, by their names, newest first; those that can be read. */
export async function recentRuns(directory: string, most: number): Promise<{ folder: string; record: RunRecord }[]> {
  const names = (await foldersIn(directory)).sort().reverse().slice(0, most);
  const runs = names.map(async (name) => {
    const folder = join(directory, name);
    const record = await new RecordReader(folder).next().catch(() => undefined);
    return record === undefined ? [] : [{ folder, record }];
  });
  return (await Promise.all(runs)).flat();
}

/** All runs of a workspace, newest first, read once; as `RunList` lists them. */
export async function listRuns(workspaceRoot: string, onProblem?: Problem): Promise<ListedRun[]> {
  return new RunList().list(workspaceRoot, onProblem);
}

/**
 * The run folder that a user means: a path of it or of anything directly inside, its name under the workspace's runs,
 * or the only run whose name begins or ends with what was typed.
 *
 * @throws UserError when there is none or more than one.
 */
export async function findRunFolder(workspaceRoot: string, typed: string): Promise<RunFolder> {
  for (const path of [resolve(workspaceRoot, typed), resolve(workspaceRoot, typed, '..')]) {
    if ((await stat(join(path, 'run.json')).catch(() => undefined))?.isFile() === true) return openRunFolder(path);
  }
  return openRunFolder(whichRun(await listRuns(workspaceRoot), typed, runsDirectory(workspaceRoot)).folder);
}

/**
 * The run that is meant by its name or its folder's: the only one that is called so, else the only one whose name begins,
 * or whose folder begins or ends, with what was typed.
 * @param directory where they were looked for
 * @throws UserError when there is none or more than one.
 */
export function whichRun(runs: readonly ListedRun[], typed: string, directory: string): ListedRun {
  const said = typed.toLowerCase();
  const attempts: ((run: ListedRun) => boolean)[] = [
    ({ folder }) => basename(folder) === typed,
    ({ name }) => name.toLowerCase() === said,
    ({ folder, name }) => {
      const own = basename(folder);
      return own.startsWith(typed) || own.endsWith(typed) || name.toLowerCase().startsWith(said);
    },
  ];
  const matches = attempts.map((isMeant) => runs.filter(isMeant)).find(({ length }) => length > 0) ?? [];
  const [only] = matches;
  if (only === undefined)
    throw new UserError(`There is no run "${typed}" in ${directory}.`, 'facenet runs lists them.');
  if (matches.length === 1) return only;
  const folders = matches.slice(0, 5).map(({ folder }) => basename(folder));
  throw new UserError(`"${typed}" may mean ${folders.join(' or ')}.`, 'Type more of its name, or its folder.');
}
