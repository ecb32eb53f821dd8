import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { UserError } from '../protocol/errors';

/**
 * Root of the installed workbench: the folder of its package.json. Bundles of any depth below dist/ (worker, cli,
 * tests) find it by walking up from their own file.
 */
export function installationRoot(from: string = __dirname): string {
  for (let folder = from; ; folder = dirname(folder)) {
    const manifest = join(folder, 'package.json');
    if (existsSync(manifest) && readFileSync(manifest, 'utf8').includes('"name": "facenet-workbench"')) return folder;
    if (dirname(folder) === folder) throw new Error(`no facenet-workbench package above ${from}`);
  }
}

/** A built file, e.g. `distFile('worker.cjs')`, `distFile('wasm')`, `distFile('starter', 'x.bin')`. */
export function distFile(...parts: string[]): string {
  return join(installationRoot(), 'dist', ...parts);
}

/** Version in the workbench's package.json. */
export function workbenchVersion(): string {
  return (JSON.parse(readFileSync(join(installationRoot(), 'package.json'), 'utf8')) as { version: string }).version;
}

/**
 * A built program, e.g. `builtProgram('worker.cjs')`.
 *
 * @throws UserError when it has not been built.
 */
export function builtProgram(name: string): string {
  const program = distFile(name);
  if (!existsSync(program)) throw new UserError(`${program} is missing.`, 'Build the program again (npm run build).');
  return program;
}
