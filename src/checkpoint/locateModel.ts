// What a user's MODEL argument means: a directory, a prefix, any file of a checkpoint, a frozen graph, or `starter`.
import { readFile, readdir, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { presentPath } from '../files/movedFolder';
import { UserError } from '../protocol/errors';
import { moveOfRun } from '../run/movedRun';
import { readCheckpointState } from './checkpointState';

export type LocatedModel =
  | { kind: 'starter' }
  /** `earlier`: where a folder was named, those of the same model that were saved before, the newest of them first. */
  | { kind: 'checkpoint'; prefix: string; earlier?: readonly string[] }
  | { kind: 'frozen-graph'; path: string };

/** The reference's rule for the files of a model directory (spec §7.11), and for Saver's plain names. */
const checkpointFile = /^(.+)\.(?:index|data-\d{5}-of-\d{5})$/;
const metaFile = /^(.+)\.meta$/;

const giveModel = 'Give a model directory, a checkpoint prefix, one of its files, a frozen .pb, or starter.';

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isFile() === true;
}

/** Number at the end of a prefix, as in `model-20180402-114759.ckpt-275`. */
export function stepOf(prefix: string): number | undefined {
  const digits = /-(\d{1,15})$/.exec(basename(prefix))?.[1];
  return digits === undefined || !/\.ckpt-|^ckpt-/.test(basename(prefix)) ? undefined : Number(digits);
}

/**
 * Finds what `typed` means; `~` is the home directory.
 *
 * @throws UserError when nothing is there, or when it cannot be told which checkpoint is meant.
 */
export async function locateModel(typed: string): Promise<LocatedModel> {
  if (typed === 'starter') return { kind: 'starter' };
  const path = resolve(typed.replace(/^~(?=$|[\\/])/, homedir()));
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory() === true) return locateInDirectory(path);
  if (found?.isFile() === true) return locateFile(path);
  if (await isFile(`${path}.index`)) return { kind: 'checkpoint', prefix: path };
  if (await isFile(`${path}.meta`)) return locateFile(`${path}.meta`);
  if (await hasDataFile(path)) throw missingIndex(path);
  throw new UserError(`There is no model at ${path}.`, giveModel);
}

async function hasDataFile(prefix: string): Promise<boolean> {
  const names = await readdir(dirname(prefix)).catch(() => []);
  return names.some((name) => name.startsWith(`${basename(prefix)}.data-`));
}

function missingIndex(prefix: string): UserError {
  return new UserError(
    `${prefix}.index is missing beside the data file.`,
    'Copy it into the same folder; it says which weights are where.',
  );
}

async function locateFile(path: string): Promise<LocatedModel> {
  const [name, directory] = [basename(path), dirname(path)];
  if (name === 'checkpoint') return locateInDirectory(directory);
  const stem = checkpointFile.exec(name)?.[1];
  if (stem !== undefined) {
    const prefix = join(directory, stem);
    if (!(await isFile(`${prefix}.index`))) throw missingIndex(prefix);
    return { kind: 'checkpoint', prefix };
  }
  const meta = metaFile.exec(name)?.[1];
  // `model-X.meta` belongs to every `model-X.ckpt-N`; Saver's own `P.meta` to the checkpoint P.
  if (meta !== undefined) {
    if (await isFile(join(directory, `${meta}.index`))) return { kind: 'checkpoint', prefix: join(directory, meta) };
    return locateInDirectory(directory, `${meta}.`);
  }
  return { kind: 'frozen-graph', path };
}

async function locateInDirectory(directory: string, beginning = ''): Promise<LocatedModel> {
  const names = await readdir(directory);
  const stems = names
    .filter((name) => name.startsWith(beginning) && name.endsWith('.index'))
    .map((name) => name.slice(0, -6));

  const state = await readCheckpointState(directory);
  if (state?.latest !== undefined) {
    // Only the base name counts, so that a directory can be moved (spec §7.11).
    const latest = state.latest.replace(/^.*[\\/]/, '');
    if (stems.includes(latest)) return { kind: 'checkpoint', ...newestOf(directory, stems, latest) };
    if (stems.length === 0 && (await hasDataFile(join(directory, latest)))) throw missingIndex(join(directory, latest));
    if (latest.startsWith(beginning) && stems.length > 0) {
      throw new UserError(
        `The file checkpoint in ${directory} names ${latest}, which is not there.`,
        `Give one of those that are: ${stems.slice(0, 3).join(', ')}.`,
      );
    }
  }
  const numbered = stems.filter((stem) => stepOf(stem) !== undefined);
  if (numbered.length > 0) {
    const models = new Set(numbered.map((stem) => stem.replace(/-\d+$/, '')));
    if (models.size > 1) throw ambiguous(directory, numbered);
    const newest = numbered.reduce((a, b) => (stepOf(b)! > stepOf(a)! ? b : a));
    return { kind: 'checkpoint', ...newestOf(directory, numbered, newest) };
  }
  if (stems.length > 1) throw ambiguous(directory, stems);
  if (stems.length === 1) return { kind: 'checkpoint', prefix: join(directory, stems[0]!) };

  const data = names.map((name) => checkpointFile.exec(name)?.[1]).find((stem) => stem !== undefined);
  if (data !== undefined) throw missingIndex(join(directory, data));
  if (names.includes('saved_model.pb')) {
    if (names.includes('variables')) return locateInDirectory(join(directory, 'variables'));
    return { kind: 'frozen-graph', path: join(directory, 'saved_model.pb') };
  }
  const graphs = names.filter((name) => name.toLowerCase().endsWith('.pb'));
  if (graphs.length === 1) return { kind: 'frozen-graph', path: join(directory, graphs[0]!) };
  if (graphs.length > 1) throw ambiguous(directory, graphs);
  return locateBelow(directory, names);
}

/** A checkpoint and those of its model that have a smaller step. */
function newestOf(
  directory: string,
  stems: readonly string[],
  newest: string,
): { prefix: string; earlier: readonly string[] } {
  const step = stepOf(newest);
  const model = newest.replace(/-\d+$/, '');
  const earlier = stems
    .filter((stem) => step !== undefined && stem.replace(/-\d+$/, '') === model && (stepOf(stem) ?? step) < step)
    .sort((a, b) => stepOf(b)! - stepOf(a)!);
  return { prefix: join(directory, newest), earlier: earlier.map((stem) => join(directory, stem)) };
}

function ambiguous(directory: string, names: readonly string[]): UserError {
  return new UserError(`${directory} holds several models.`, `Give one of them: ${names.slice(0, 3).join(', ')}.`);
}

/** The folder of checkpoints that the run.json of a run names; undefined where it names none, or is another program's. */
async function recordedModels(run: string): Promise<string | undefined> {
  try {
    const text = await readFile(join(run, 'run.json'), 'utf8');
    const record = JSON.parse(text) as { directories?: { models?: unknown } } | null;
    const models = record?.directories?.models;
    if (typeof models !== 'string') return undefined;
    const move = moveOfRun(resolve(run), record);
    return move === undefined ? models : presentPath(models, move);
  } catch {
    return undefined;
  }
}

/** A run folder keeps its checkpoints one level down, or where run.json says; an archive often has one folder inside. */
async function locateBelow(directory: string, names: readonly string[]): Promise<LocatedModel> {
  if (names.includes('run.json')) {
    const models = await recordedModels(directory);
    const candidates = [join(directory, 'checkpoints'), ...(models === undefined ? [] : [models])];
    for (const candidate of candidates) {
      const found = await readdir(candidate).catch(() => []);
      if (found.some((name) => name.endsWith('.index'))) return locateInDirectory(candidate);
    }
    throw new UserError(`The run ${directory} has no checkpoint yet.`, 'Wait for its first one.');
  }
  const folders: string[] = [];
  for (const name of names) {
    const inside = await readdir(join(directory, name)).catch(() => []);
    if (inside.some((file) => file.endsWith('.index') || file.endsWith('.pb'))) folders.push(join(directory, name));
  }
  if (folders.length > 0)
    throw new UserError(`${directory} itself holds no model.`, `Give ${folders.slice(0, 3).join(' or ')}.`);
  throw new UserError(`${directory} holds no checkpoint and no frozen graph.`, giveModel);
}
