import { basename, join } from 'node:path';
import { readCheckpointState } from '../../checkpoint/checkpointState';
import { openModel } from '../../checkpoint/model';
import type { Tensor } from '../../network/tensor';
import { UserError, describeError } from '../../protocol/errors';
import type { RunRecord } from '../../protocol/run';
import { openRunFolder } from '../../run/runFolder';
import { requireKept } from './runDirectories';

/** Where a run goes on. */
export interface ResumePoint {
  record: RunRecord;
  /** Absent when the run had not saved anything yet: it begins again. */
  saved?: { step: number; prefix: string; tensors: Map<string, Tensor> };
  notes: string[];
  /** Base names of checkpoints that cannot be read; they are left where they are. */
  damaged: string[];
}

/**
 * Opens the last checkpoint of a run that can be read. One that is damaged is told and the one before is taken.
 * @throws UserError when `runFolder` is no run, when folders that it has outside are not there, or when none of its checkpoints can be
 *   read
 */
export async function openResumePoint(runFolder: string): Promise<ResumePoint> {
  const { record } = await openRunFolder(runFolder);
  const { config, directories } = record;
  if (directories !== undefined && config?.modelsBaseDir !== undefined)
    await requireKept('The checkpoints', directories.models);
  if (directories !== undefined && config?.logsBaseDir !== undefined) await requireKept('The logs', directories.logs);
  const notes: string[] = [];
  const damaged: string[] = [];
  const prefixes = await savedPrefixes(record, runFolder);
  for (const prefix of prefixes) {
    try {
      const model = await openModel(prefix);
      const tensors = await model.readAll();
      const [step] = await model.readDoubles('global_step');
      return { record, notes, damaged, saved: { step: step!, prefix, tensors } };
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      damaged.push(basename(prefix));
      notes.push(`The checkpoint ${basename(prefix)} cannot be used and is left where it is: ${describeError(error)}`);
    }
  }
  if (prefixes.length > 0) {
    throw new UserError(`No checkpoint of ${runFolder} can be read. ${notes[0]}`, 'Start a new run.');
  }
  return { record, notes: ['The run had not saved anything yet; it begins again.'], damaged };
}

/** Newest first: what run.json names, then what the folder's `checkpoint` file lists; the best one last. */
async function savedPrefixes(record: RunRecord, runFolder: string): Promise<string[]> {
  const folders = [record.directories?.models, join(runFolder, 'checkpoints')];
  const prefixes = record.checkpoint === undefined ? [] : [record.checkpoint.prefix];
  for (const folder of folders) {
    if (folder === undefined) continue;
    const all = (await readCheckpointState(folder))?.all ?? [];
    prefixes.push(...all.map((prefix) => join(folder, basename(prefix))).reverse());
  }
  if (record.best !== undefined) prefixes.push(record.best.checkpoint);
  return [...new Set(prefixes)];
}
