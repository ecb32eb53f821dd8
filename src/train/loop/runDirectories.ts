import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { installationRoot } from '../../engine/installation';
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

/**
 * Where a run's logs and checkpoints go: into the run folder, or with base directories where the reference would put
 * them, `<base>/<yyyymmdd-hhmmss>` (spec §6.2).
 */
export function runDirectories(
  config: Pick<TrainConfig, 'logsBaseDir' | 'modelsBaseDir'>,
  runFolder: string,
  runId: string,
): RunDirectories {
  const stamp = /^\d{8}-\d{6}/.exec(runId)?.[0] ?? timeStamp(new Date());
  const { logsBaseDir, modelsBaseDir } = config;
  return {
    logs: logsBaseDir === undefined ? runFolder : join(expandHome(logsBaseDir), stamp),
    models: modelsBaseDir === undefined ? join(runFolder, 'checkpoints') : join(expandHome(modelsBaseDir), stamp),
    modelName: `model-${modelsBaseDir === undefined ? runId : stamp}`,
  };
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
