// What an installation needs, looked at before anything is downloaded.
import { existsSync, statSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { basename, delimiter, dirname, join } from 'node:path';
import { UserError } from '../../protocol/errors';

/** The path of the first of `names` that the PATH has. */
export function findProgram(
  names: readonly string[],
  environment: NodeJS.ProcessEnv = process.env,
): string | undefined {
  const folders = (environment.PATH ?? environment.Path ?? '').split(delimiter).filter((folder) => folder !== '');
  const suffixes = process.platform === 'win32' ? ['.exe', '.cmd', '.bat', ''] : [''];
  return names
    .flatMap((name) => folders.flatMap((folder) => suffixes.map((suffix) => join(folder, name + suffix))))
    .find((path) => existsSync(path) && statSync(path).isFile());
}

/** What to type where compilers are missing. */
function compilerAction(): string {
  if (process.platform === 'darwin') return 'Install them with xcode-select --install.';
  return 'Install them: on Debian and Ubuntu apt-get install python3 make g++, on Fedora dnf install python3 make gcc-c++.';
}

/**
 * @param building The addon is compiled here.
 * @throws UserError that names every program that is missing.
 */
export function checkPrograms(building: boolean, environment: NodeJS.ProcessEnv = process.env): void {
  if (findProgram(['npm'], environment) === undefined) {
    throw new UserError(
      'npm is not on the PATH.',
      'Install Node.js with npm (nodejs.org), or put its folder on the PATH.',
    );
  }
  if (!building) return;
  const compilers = environment.CXX === undefined ? ['g++', 'clang++', 'c++'] : [environment.CXX.split(' ')[0]!];
  const wanted: [what: string, names: readonly string[]][] = [
    ['python3', ['python3', 'python']],
    ['make', ['make', 'gmake']],
    ['g++', compilers],
    ['nm', ['nm']],
  ];
  const missing = wanted
    .filter(([, names]) => !names.some((name) => existsSync(name) || findProgram([name], environment) !== undefined))
    .map(([what]) => what);
  if (missing.length > 0)
    throw new UserError(`To compile TensorFlow's addon ${missing.join(', ')} must be installed.`, compilerAction());
}

/** @throws UserError when the disk of `folder` has less than `bytes` left. */
export async function checkDisk(folder: string, bytes: number): Promise<void> {
  let existing = folder;
  while (!existsSync(existing)) existing = dirname(existing);
  const { bavail, bsize } = await statfs(existing);
  const megabytes = (count: number): string => `${Math.round(count / 2 ** 20)} MB`;
  if (bavail * bsize < bytes) {
    throw new UserError(
      `${existing} has ${megabytes(bavail * bsize)} left; the engine needs about ${megabytes(bytes)}.`,
      'Free some space, or install it elsewhere with --into.',
    );
  }
}

/** The folder above Node's own headers, so that a build need not download them. */
export function headersOfNode(executable = process.execPath): string | undefined {
  const prefix = dirname(dirname(executable));
  const own = basename(executable).startsWith('node') && existsSync(join(prefix, 'include', 'node', 'node_api.h'));
  return own ? prefix : undefined;
}
