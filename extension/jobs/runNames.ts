// What tabs that show something of a run are called by.
import { isInside } from '../../src/files/insideFolder';
import { nameOfModel } from '../../src/run/runRows';
import type { RunStore } from './runStore';

/**
 * What a model is called: by the run that has made it, with its step, else by its own name.
 * @param own used where no run of this workspace has made it
 */
export async function modelName(runs: RunStore, path: string, own: string): Promise<string> {
  const listed = await runs.list();
  const known = new Map(listed.map((run) => [run.folder, run]));
  const isOfRun = listed.some(({ folder }) => isInside(folder, path));
  return isOfRun ? nameOfModel(path, known) : own;
}
