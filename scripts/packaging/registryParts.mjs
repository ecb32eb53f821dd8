// Packages with native parts, also those of platforms that this checkout is not installed for.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
/** Entries of package-lock.json by their paths, e.g. `node_modules/sharp`. */
export const lockedPackages = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;

const cache = join(root, 'build', 'registry');

/** sharp's packages for a platform; on Windows libvips lies in sharp's own. */
export function platformPackages(target) {
  return [`@img/sharp-${target}`, `@img/sharp-libvips-${target}`].filter(
    (name) => `node_modules/${name}` in lockedPackages,
  );
}

/** koffi's packages for a platform, by which a training calls MPI: on Linux, where clusters are. */
export function mpiPackages(target) {
  return target.startsWith('linux-') ? ['koffi', `@koromix/koffi-${target}`] : [];
}

/**
 * Folder of a package in the version of package-lock.json: the installed one, or one fetched from the registry into
 * build/registry, where it stays until its version changes.
 *
 * @throws Error when the registry cannot be reached, or what it sends is not what the lock file says
 */
export function packageFolder(name) {
  const installed = join(root, 'node_modules', name);
  const { version, integrity } = lockedPackages[`node_modules/${name}`];
  if (existsSync(installed)) return installed;
  const folder = join(cache, `${name.replaceAll('/', '-')}-${version}`);
  if (!existsSync(folder)) fetchPackage(name, version, integrity, folder);
  return folder;
}

function fetchPackage(name, version, integrity, folder) {
  mkdirSync(cache, { recursive: true });
  // Unpacked aside and renamed: a folder that is there is whole.
  const aside = mkdtempSync(join(cache, '.fetching-'));
  try {
    npmPack(`${name}@${version}`, aside);
    const archive = readdirSync(aside).find((file) => file.endsWith('.tgz'));
    verify(readFileSync(join(aside, archive)), integrity, `${name} ${version}`);
    // The system's tar, which Windows has too; every archive of the registry holds one folder, `package`.
    execFileSync('tar', ['-xzf', archive], { cwd: aside, stdio: ['ignore', 'inherit', 'inherit'] });
    renameSync(join(aside, 'package'), folder);
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}

function npmPack(specifier, folder) {
  const windows = process.platform === 'win32';
  try {
    execFileSync(windows ? 'npm.cmd' : 'npm', ['pack', specifier, '--pack-destination', folder, '--silent'], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
      encoding: 'utf8',
      shell: windows,
    });
  } catch (error) {
    throw new Error(`${specifier} could not be fetched from the npm registry.\n${error.stderr ?? ''}`.trim(), {
      cause: error,
    });
  }
}

/** @throws Error when the bytes have another hash than the lock file names (`<algorithm>-<base64>`) */
function verify(bytes, integrity, what) {
  const [algorithm, expected] = integrity.split(/-(.*)/s);
  const found = createHash(algorithm).update(bytes).digest('base64');
  if (found !== expected) throw new Error(`${what} is not what package-lock.json says: ${algorithm} is ${found}.`);
}
