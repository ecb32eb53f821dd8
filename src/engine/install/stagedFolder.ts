// An engine's folder is replaced as a whole, or not at all.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { UserError } from '../../protocol/errors';

/** What npm leaves in a folder into which it installs; `installer.pid` is ours while it works. */
const ownEntries = new Set(['node_modules', 'package.json', 'package-lock.json', 'installer.pid']);
const pidFile = 'installer.pid';

const stagingOf = (folder: string): string => `${folder}.installing`;
const previousOf = (folder: string): string => `${folder}.previous`;

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * An engine's folder holds nothing but what npm puts there, and depends on TensorFlow's packages only: everything else is
 * somebody's own and is not replaced.
 * @throws UserError when it holds anything else.
 */
export function checkReplaceable(folder: string): void {
  if (!existsSync(folder)) return;
  const foreign = readdirSync(folder).find((name) => !ownEntries.has(name));
  const manifest = join(folder, 'package.json');
  const { dependencies = {} } = existsSync(manifest)
    ? (JSON.parse(readFileSync(manifest, 'utf8')) as { dependencies?: Record<string, string> })
    : {};
  const strange = foreign ?? Object.keys(dependencies).find((name) => !name.startsWith('@tensorflow/tfjs-node'));
  if (strange === undefined) return;
  throw new UserError(
    `${folder} holds more than an engine (${strange}), so it is not replaced.`,
    'Give a folder of its own with --into.',
  );
}

/**
 * Makes the folder beside `folder` in which its successor is built. What an interrupted installation has left is removed,
 * and an engine that was between two names gets its own back.
 * @throws UserError when another installation is at work there.
 */
export async function openStaging(folder: string): Promise<string> {
  const staging = stagingOf(folder);
  const previous = previousOf(folder);
  const working = join(staging, pidFile);
  if (existsSync(working)) {
    const pid = Number(readFileSync(working, 'utf8'));
    if (pid !== process.pid && pid > 0 && isAlive(pid)) {
      throw new UserError(
        `Another installation (process ${pid}) is at work in ${staging}.`,
        'Wait for its end, or stop it.',
      );
    }
  }
  await rm(staging, { recursive: true, force: true });
  if (existsSync(previous)) {
    if (existsSync(folder)) await rm(previous, { recursive: true, force: true });
    else await rename(previous, folder);
  }
  await mkdir(dirname(folder), { recursive: true });
  await mkdir(staging);
  await writeFile(working, String(process.pid));
  return staging;
}

/**
 * Puts what was built in the staging folder of `folder` in its place; the engine before it is removed last.
 * @throws UserError when that one cannot be moved (Windows, in use).
 */
export async function commitStaging(folder: string): Promise<void> {
  const staging = stagingOf(folder);
  const previous = previousOf(folder);
  await rm(join(staging, pidFile), { force: true });
  const replaced = existsSync(folder);
  try {
    if (replaced) await rename(folder, previous);
    await rename(staging, folder);
  } catch (error) {
    if (existsSync(previous) && !existsSync(folder)) await rename(previous, folder);
    throw new UserError(
      `The engine in ${folder} cannot be replaced: ${(error as Error).message}.`,
      'Stop the trainings that use it and install again.',
      { cause: error },
    );
  }
  await rm(previous, { recursive: true, force: true });
}

/** Removes the staging folder of `folder`; `folder` itself is as it was. */
export async function discardStaging(folder: string): Promise<void> {
  await rm(stagingOf(folder), { recursive: true, force: true });
}
