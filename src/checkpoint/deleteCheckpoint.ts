// One checkpoint of a run goes, and nothing names it any more.
import { readdir } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { UserError } from '../protocol/errors';
import type { RunRecord } from '../protocol/run';
import { isActive } from '../protocol/runRules';
import { livenessOf } from '../run/liveness';
import { openRunFolder } from '../run/runFolder';
import { readCheckpointState, writeCheckpointState } from './checkpointState';
import { checkpointsAmong, savedCheckpoints, type SavedCheckpoint } from './savedCheckpoints';

type Saved = NonNullable<RunRecord['checkpoint']>;

export interface CheckpointDeletion {
  runFolder: string;
  prefix: string;
  /** Absolute, the index first: without it the checkpoint is not there. */
  files: string[];
  /** It is the run's best one, in its own folder. */
  best: boolean;
  /** A resume of the run goes on from it. */
  resumed: boolean;
  /** Where a resume goes on afterwards; undefined: the run begins again. */
  resumesFrom: Saved | undefined;
  /** What the folder's `checkpoint` file is to list; undefined where it has none. */
  listed: string[] | undefined;
}

const isBest = (prefix: string): boolean => basename(dirname(prefix)) === 'best';

/**
 * What the deletion of the checkpoint `prefix` of a run means; nothing is changed.
 * @throws UserError while the run is active, or where there is no such checkpoint.
 */
export async function planDeletion(runFolder: string, prefix: string): Promise<CheckpointDeletion> {
  const { record } = await openRunFolder(runFolder);
  if (isActive(await livenessOf(record, runFolder)))
    throw new UserError(`${record.title} is running and its checkpoints cannot be deleted.`, 'Stop it first.');

  const target = resolve(prefix);
  const [directory, base, best] = [dirname(target), basename(target), isBest(target)];
  const names: string[] = await readdir(directory).catch(() => []);
  if (!names.includes(`${base}.index`))
    throw new UserError(`There is no checkpoint ${target}.`, 'Refresh the Checkpoints view.');
  const state = await readCheckpointState(directory);
  const listed = state?.all.filter((other) => basename(other) !== base);
  const files = [`${base}.index`, ...names.filter((name) => name.startsWith(`${base}.data-`))];
  // A list of nothing is none; and what lies beside a best checkpoint is there for it alone.
  if (listed?.length === 0) files.push('checkpoint');
  if (best && !checkpointsAmong(directory, names).some((other) => other.base !== base))
    files.push(...names.filter((name) => name === 'run.json' || name.endsWith('.meta')));

  const checkpoints = best ? dirname(directory) : directory;
  const remaining = (await savedCheckpoints(checkpoints)).filter(({ prefix: other }) => other !== target);
  const kept = remaining.filter(({ prefix: other }) => !isBest(other));
  const saved = record.checkpoint;
  const resumed = saved !== undefined && basename(saved.prefix) === base && isBest(saved.prefix) === best;
  return {
    runFolder,
    prefix: target,
    files: files.map((name) => join(directory, name)),
    best: best && record.best !== undefined && basename(record.best.checkpoint) === base,
    resumed,
    resumesFrom: resumed ? savedOf(kept.at(-1) ?? remaining.at(-1)) : saved,
    listed,
  };
}

/**
 * Deletes the checkpoint by `moveAway`, which is given one file after the other. Where it fails on the first, nothing has
 * changed; after it run.json and `checkpoint` no longer name the checkpoint, whatever becomes of the other files.
 * @throws UserError while the run is active, and whatever `moveAway` throws.
 */
export async function deleteCheckpoint(
  runFolder: string,
  prefix: string,
  moveAway: (file: string) => Promise<void>,
): Promise<CheckpointDeletion> {
  // Planned anew: the run may have been resumed while its owner was asked.
  const plan = await planDeletion(runFolder, prefix);
  const [index, ...others] = plan.files;
  await moveAway(index!);
  if (plan.listed !== undefined && plan.listed.length > 0)
    await writeCheckpointState(dirname(plan.prefix), plan.listed);
  const run = await openRunFolder(runFolder);
  await run.update({
    ...(plan.best && { best: undefined }),
    ...(plan.resumed && { checkpoint: plan.resumesFrom }),
  });
  for (const file of others) await moveAway(file);
  return plan;
}

/** As run.json names a checkpoint. */
function savedOf(found: SavedCheckpoint | undefined): Saved | undefined {
  return found === undefined ? undefined : { step: found.step, prefix: found.prefix };
}
