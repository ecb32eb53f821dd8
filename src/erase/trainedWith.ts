// Which checkpoints have learned from a person, and which records name them; neither is changed.
import { readFile, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { savedCheckpoints } from '../checkpoint/savedCheckpoints';
import { isInside } from '../files/insideFolder';
import type { TrainedCheckpoint } from '../protocol/erasure';
import type { ListedRun } from '../run/runList';

/**
 * The checkpoints of the runs whose record has the person among its labels, and of the runs that began with one of these,
 * oldest run first.
 */
export async function checkpointsTrainedWith(runs: readonly ListedRun[], person: string): Promise<TrainedCheckpoint[]> {
  const trained = runs.filter(({ record }) => record.request.kind === 'train');
  const oldestFirst = [...trained].sort((a, b) => (a.record.id < b.record.id ? -1 : 1));
  const tainted = new Map<ListedRun, string | undefined>();
  for (const run of oldestFirst) {
    const from = [...tainted.keys()].find((earlier) => beganWith(run, earlier));
    if (run.record.labels?.includes(person) === true) tainted.set(run, undefined);
    else if (from !== undefined) tainted.set(run, from.name);
  }
  const found: TrainedCheckpoint[] = [];
  for (const [run, through] of tainted) {
    for (const { prefix } of await checkpointsOf(run))
      found.push({ run: run.name, folder: run.folder, prefix, ...(through !== undefined && { through }) });
  }
  return found;
}

function beganWith({ record }: ListedRun, earlier: ListedRun): boolean {
  const { request } = record;
  const model = request.kind === 'train' ? request.config.pretrainedModel : undefined;
  if (model === undefined) return false;
  return modelFoldersOf(earlier).some((folder) => isInside(folder, model) || folder === dirname(model));
}

function modelFoldersOf({ folder, record }: ListedRun): string[] {
  return [folder, ...(record.directories === undefined ? [] : [record.directories.models])];
}

/** A run folder that was moved is believed before the paths in its record. */
async function checkpointsOf({ folder, record }: ListedRun): Promise<{ prefix: string }[]> {
  const own = await savedCheckpoints(join(folder, 'checkpoints'));
  if (own.length > 0 || record.directories === undefined) return own;
  return savedCheckpoints(record.directories.models);
}

/** The records, reports and lists of pairs of runs that name a person, ascending. */
export async function filesNaming(runs: readonly ListedRun[], person: string): Promise<string[]> {
  const candidates = new Set<string>();
  for (const { folder, record } of runs) {
    const { request } = record;
    candidates.add(join(folder, 'run.json'));
    if (record.heldOut !== undefined) candidates.add(join(folder, record.heldOut.file));
    const reports = join(folder, 'evaluations');
    for (const name of await readdir(reports).catch(() => [])) candidates.add(join(reports, name));
    const lfw = request.kind === 'validate' ? request.lfw : request.kind === 'train' ? request.config.lfw : undefined;
    if (lfw !== undefined) candidates.add(lfw.pairs);
  }
  const named: string[] = [];
  for (const path of [...candidates].sort()) {
    const text = await readFile(path, 'utf8').catch(() => '');
    if (names(text, person)) named.push(path);
  }
  return named;
}

/** Whether a text has the name as a word of its own: between quotes, spaces, slashes or ends. */
function names(text: string, person: string): boolean {
  const isEnd = (character: string | undefined): boolean => character === undefined || /[\s"\\/,:]/.test(character);
  for (let at = text.indexOf(person); at !== -1; at = text.indexOf(person, at + 1))
    if (isEnd(text[at - 1]) && isEnd(text[at + person.length])) return true;
  return false;
}
