import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { rootFor } from './jobRequests';

let storage: string | undefined;

/** Where the window keeps indexes for workspaces without runs. @param folder VS Code's for this workspace, which may not be there yet */
export function keepIndexesIn(folder: string | undefined): void {
  storage = folder;
}

/** Where the window keeps indexes, like a `.facenet`; undefined where it has no place of its own. */
export function ownIndexHome(): string | undefined {
  return storage;
}

/**
 * Folder of the indexes that know a dataset: the one that its jobs use, else, as looking leaves nothing behind in a
 * workspace, one of the window's own. Undefined where it has none.
 */
export async function indexesFor(dataset: string): Promise<string | undefined> {
  const { indexFolderOf, makeIndexHome } = await import('../../src/dataset/datasetIndex');
  const home = join(rootFor(dataset, dirname(dataset)), '.facenet');
  const shared = existsSync(home) ? indexFolderOf(home, dataset) : undefined;
  if (shared !== undefined || storage === undefined) return shared;
  const own = indexFolderOf(storage, dataset);
  await makeIndexHome(own);
  return own;
}
