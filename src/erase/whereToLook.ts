// Where a person may be: datasets, aligned sets and runs below some folders, and the datasets that these name.
import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { readAlignmentRecord } from '../align/alignmentRecord';
import { discover } from '../dataset/discovery';
import { indexFolderOf } from '../dataset/datasetIndex';
import { UserError } from '../protocol/errors';
import type { JobRequest } from '../protocol/job';
import { type ListedRun, listRuns } from '../run/runList';

export interface Places {
  /** Absolute paths of folders with a folder per person; what was taken out of them lies in some of these too. */
  datasets: string[];
  runs: ListedRun[];
  /** Folders that hold a `.facenet`, or are like one. */
  homes: string[];
  /** Folders whose files were looked for: all but those of datasets. */
  seen: string[];
}

/**
 * Datasets, aligned sets and runs below each folder, or the folder itself; the datasets that the records of these runs
 * and aligned sets name; and where what was taken out of a dataset lies (`<dataset>_removed`).
 * @param homes further folders like a `.facenet`, with an `index` in them
 * @throws UserError where one of the folders is not there
 */
export async function placesToLook(folders: readonly string[], homes: readonly string[]): Promise<Places> {
  const datasets = new Set<string>();
  const runRoots = new Set<string>();
  const seen = new Set<string>();
  for (const folder of folders) {
    const status = await stat(folder).catch(() => undefined);
    if (status?.isDirectory() !== true)
      throw new UserError(`There is no folder ${folder}.`, 'Name datasets, or folders that hold datasets and runs.');
    const found = await discover(folder);
    for (const path of found.datasets) datasets.add(resolve(path));
    for (const path of found.runRoots) runRoots.add(resolve(path));
    runRoots.add(resolve(folder));
    for (const path of [folder, ...found.seen.keys()]) seen.add(resolve(path));
  }
  const runs: ListedRun[] = [];
  for (const root of runRoots) runs.push(...(await listRuns(root)));
  for (const { record } of runs) for (const path of datasetsOf(record.request)) datasets.add(resolve(path));
  // Photographs may themselves be faces that were cut out of others; a set tells what is added to it as well.
  for (const path of datasets) {
    // Who works with the folder is told of a damaged record.
    const record = await readAlignmentRecord(path).catch(() => undefined);
    if (record !== undefined) datasets.add(resolve(record.source));
  }
  for (const path of [...datasets]) datasets.add(`${path}_removed`);
  return {
    datasets: [...datasets],
    ...{ runs, seen: [...seen] },
    homes: [...[...runRoots].map((root) => join(root, '.facenet')), ...homes],
  };
}

/** Folders of people that a job reads or writes. */
export function datasetsOf(request: JobRequest): string[] {
  switch (request.kind) {
    case 'align':
      return [request.inputDir, request.outputDir];
    case 'train':
      return [request.config.dataDir, ...(request.config.lfw === undefined ? [] : [request.config.lfw.dir])];
    case 'validate':
      return [request.lfw.dir];
    case 'classifier':
    case 'classify':
      return [request.dataDir];
    case 'identify':
      return [request.galleryDir, request.probesDir];
    case 'demo':
      // What it has drawn lies below its folder, which is looked through where it is a workspace.
      return [];
  }
}

/** The folders of indexes that may know a dataset. */
export function indexesThatMayKnow({ homes }: Places, dataset: string): string[] {
  return homes.flatMap((home) => indexFolderOf(home, dataset) ?? []);
}
