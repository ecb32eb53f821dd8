// Which runs a command is about: a row, a folder, several folders, or the one that is asked for.
import type { ListedRun } from '../../src/run/runList';
import { pathOf } from '../inputs/targets';
import type { Services } from '../services';
import { expand } from '../workspace/library';
import { pickRun } from './pickRun';

/** Argument of a command on several runs. */
export interface RunsArgument {
  folders: readonly string[];
}

/**
 * The runs that an argument names, else one that is asked for; none when the question was left. A run that has been
 * removed meanwhile is not among them.
 * @throws UserError when there is no run to ask for
 */
export async function chosenRuns(runs: Services['runs'], argument: unknown, title: string): Promise<ListedRun[]> {
  const named = foldersOf(argument);
  const asked = named.length > 0 ? named : [await pickRun(runs, title)].filter((folder) => folder !== undefined);
  const folders = new Set(asked.map(expand));
  return (await runs.list()).filter(({ folder }) => folders.has(folder));
}

function foldersOf(argument: unknown): string[] {
  const { folders } = (argument ?? {}) as Partial<RunsArgument>;
  if (Array.isArray(folders)) return folders.filter((folder): folder is string => typeof folder === 'string');
  return [pathOf(argument, 'folder') ?? ''].filter((folder) => folder !== '');
}
