import { execFile } from 'node:child_process';
import { mkdir, realpath, rmdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { installationRoot } from '../../engine/installation';
import { UserError } from '../../protocol/errors';
import type { TrainConfig } from '../../protocol/trainConfig';
import { writeFileAtomic } from '../../files/atomicFile';
import { timeStamp } from '../../run/runFolder';
import { flagsOfConfig } from '../settings/flagsOfConfig';
import { expandHome } from '../settings/homePath';
import { flagsOfHead } from '../settings/flagsOfHead';

export interface RunDirectories {
  logs: string;
  models: string;
  /** Beginning of the checkpoints' names: `model-<run>`. */
  modelName: string;
}

type Bases = Pick<TrainConfig, 'logsBaseDir' | 'modelsBaseDir'>;

/**
 * Where a new run's logs and checkpoints go: into the run folder, or with base directories where the reference would put
 * them, `<base>/<yyyymmdd-hhmmss>` (spec §6.2). Folders below a base are made here and are this run's alone: a run that
 * began in the same second has the name, so this one gets `…-2`, the same for both.
 */
export async function claimRunDirectories(config: Bases, runFolder: string, runId: string): Promise<RunDirectories> {
  const bases = [config.modelsBaseDir, config.logsBaseDir].filter((base) => base !== undefined).map(expandHome);
  const stamp = /^\d{8}-\d{6}/.exec(runId)?.[0] ?? timeStamp(new Date());
  const folder = await claimBelow(bases, stamp);
  const below = (base: string | undefined, own: string): string =>
    base === undefined ? own : join(expandHome(base), folder);
  const models = below(config.modelsBaseDir, join(runFolder, 'checkpoints'));
  return { logs: below(config.logsBaseDir, runFolder), models, modelName: modelNameIn(models, config, runId) };
}

/**
 * The directories that a run has had from its start on. Those of its own folder are where that is now, should it have been
 * moved.
 */
export function recordedRunDirectories(
  recorded: Pick<RunDirectories, 'logs' | 'models'>,
  config: Bases,
  runFolder: string,
  runId: string,
): RunDirectories {
  const models = config.modelsBaseDir === undefined ? join(runFolder, 'checkpoints') : recorded.models;
  const logs = config.logsBaseDir === undefined ? runFolder : recorded.logs;
  return { logs, models, modelName: modelNameIn(models, config, runId) };
}

/**
 * Looks for a folder outside of the run's own that the run has had: what is made in the place of a drive that is not
 * connected fills another disk, and hides what is on the drive.
 * @param what the folder holds, as the beginning of a sentence
 * @throws UserError where it is not there any more
 */
export async function requireKept(what: string, folder: string): Promise<void> {
  if ((await stat(folder).catch(() => undefined)) !== undefined) return;
  throw new UserError(
    `${what} of this run were kept in ${folder}, which is not there.`,
    'Connect its drive, then resume the run; if the folder was removed, make an empty one.',
  );
}

function modelNameIn(models: string, { modelsBaseDir }: Bases, runId: string): string {
  return `model-${modelsBaseDir === undefined ? runId : basename(models)}`;
}

/** Makes a folder of one name below each base; the name is the first of `name`, `name-2`, … that is free in all of them. */
async function claimBelow(bases: readonly string[], name: string): Promise<string> {
  for (const base of bases) await mkdir(base, { recursive: true });
  // One folder may be reached by two names, and is then claimed once.
  const places = new Set(await Promise.all(bases.map(async (base) => realpath(base))));
  for (let number = 1; ; number++) {
    const candidate = number === 1 ? name : `${name}-${number}`;
    const made: string[] = [];
    try {
      for (const place of places) {
        await mkdir(join(place, candidate));
        made.push(join(place, candidate));
      }
      return candidate;
    } catch (error) {
      for (const path of made) await rmdir(path);
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

/** Values as Python's str() prints them, for files that people compare with the reference's. */
export function pythonText(value: string | number | boolean | undefined, isFloat = false): string {
  if (value === undefined) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'string' || !isFloat) return String(value);
  if (value !== 0 && (Math.abs(value) < 1e-4 || Math.abs(value) >= 1e16)) {
    return value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2');
  }
  return Number.isInteger(value) ? `${value}.0` : String(value);
}

async function git(...commandLine: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)('git', commandLine, { cwd: installationRoot(), maxBuffer: 1 << 26 });
  return stdout.trim();
}

/** The commit of this program; empty outside a repository, and why git did not start where it did not. */
async function gitHash(): Promise<string> {
  return git('rev-parse', 'HEAD').catch(({ code, message }: NodeJS.ErrnoException) =>
    typeof code === 'string' ? `git rev-parse HEAD: ${message}` : '',
  );
}

/** Writes arguments.txt and revision_info.txt as the reference does (spec §6.9). */
export async function writeRunDescription(
  directory: string,
  config: TrainConfig,
  versions: { workbench: string; engine: string },
): Promise<void> {
  await mkdir(directory, { recursive: true });
  const flags = flagsOfConfig(flagsOfHead(config.head), config);
  const lines = flags.map(({ name, value, isFloat }) => `${name}: ${pythonText(value, isFloat)}\n`);
  await writeFileAtomic(join(directory, 'arguments.txt'), lines.join(''));
  const line = '-'.repeat(20);
  const hash = await gitHash();
  const difference = await git('diff', 'HEAD').catch(() => '');
  const commandLine = flags
    .filter(({ value }) => value !== undefined && value !== false && value !== '')
    .map(({ name, value }) => (value === true ? `--${name}` : `--${name} ${value}`));
  const parts = [
    `arguments: ${commandLine.join(' ')}`,
    `facenet-workbench version: ${versions.workbench}, engine: ${versions.engine}`,
    `git hash: ${hash}`,
    difference,
  ];
  await writeFileAtomic(join(directory, 'revision_info.txt'), `${parts.join(`\n${line}\n`)}\n`);
}
