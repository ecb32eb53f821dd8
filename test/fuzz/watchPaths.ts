// Which paths the file system is asked for: what a file says about other files must not lead out of its folder.
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { installationRoot } from '../../src/engine/installation';
import { isInside } from '../../src/files/insideFolder';

const watched = [
  'open',
  'readFile',
  'writeFile',
  'readdir',
  'opendir',
  'stat',
  'mkdir',
  'rm',
  'rename',
  'copyFile',
  'link',
];
const watchedSync = [
  'openSync',
  'readFileSync',
  'existsSync',
  'createReadStream',
  'createWriteStream',
  'open',
  'readdirSync',
];

const own = installationRoot();
let watchedFolder: string | undefined;
let noted: string[] = [];

function wrapFileSystem(): void {
  const note = (path: unknown): void => {
    if (typeof path !== 'string') return;
    const absolute = resolve(path);
    if (!isInside(watchedFolder!, absolute) && !isInside(own, absolute)) noted.push(absolute);
  };
  // The namespaces of `import` cannot be written to; the objects of `require` are what bundled programs look into.
  const require = createRequire(resolve(own, 'package.json'));
  const wrap = (module: object, names: readonly string[]): void => {
    const functions = module as Record<string, (...args: unknown[]) => unknown>;
    for (const name of names) {
      const original = functions[name]!;
      functions[name] = function (this: unknown, ...args: unknown[]) {
        note(args[0]);
        return original.apply(this, args);
      };
    }
  };
  wrap(require('node:fs/promises') as object, watched);
  wrap(require('node:fs') as object, watchedSync);
}

/**
 * Notes every path outside of `folder` that is asked for from now on, but for the program's own files.
 *
 * @returns a function that gives the paths noted since its last call
 */
export function watchPaths(folder: string): () => string[] {
  if (watchedFolder === undefined) wrapFileSystem();
  watchedFolder = folder;
  noted = [];
  return () => {
    const found = noted;
    noted = [];
    return found;
  };
}
