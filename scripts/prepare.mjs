// Makes a checkout ready to run: dependencies installed, programs built; does nothing where both are up to date.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..');

const sources = [
  ...['src', 'extension', 'webview', 'test'],
  ...['esbuild.config.mjs', 'scripts/libraries.mjs', 'scripts/pageEntries.mjs', 'package.json', 'package-lock.json'],
];
const stampFile = join(root, 'dist', 'built-from');

/** Why node_modules does not hold what package-lock.json asks for, or undefined. */
function dependencyProblem() {
  const installedFile = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(installedFile)) return 'dependencies are not installed';
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  const installed = JSON.parse(readFileSync(installedFile, 'utf8')).packages;
  for (const [path, { version, optional, peer, link }] of Object.entries(wanted)) {
    // Optional packages are those of other platforms or not asked for.
    if (path === '' || optional || peer || link) continue;
    if (installed[path]?.version !== version)
      return `${path} is ${installed[path]?.version ?? 'missing'}, ${version} is wanted`;
  }
  return undefined;
}

/** Changes with every file that goes into dist/. */
function sourceStamp() {
  const hash = createHash('sha256');
  const add = (path) => {
    const status = statSync(join(root, path));
    if (status.isDirectory()) {
      for (const name of readdirSync(join(root, path)).sort()) if (name !== 'node_modules') add(`${path}/${name}`);
    } else hash.update(`${path} ${status.size} ${status.mtimeMs}\n`);
  };
  for (const path of sources) if (existsSync(join(root, path))) add(path);
  return hash.digest('hex');
}

function run(what, command, options) {
  const started = Date.now();
  process.stderr.write(`${what}…\n`);
  const result = spawnSync(command[0], command.slice(1), { cwd: root, stdio: ['ignore', 2, 2], ...options });
  if (result.status !== 0) {
    process.stderr.write(
      `${what} failed (${command.join(' ')}: ${result.error?.message ?? `exit ${result.status ?? result.signal}`}).\n`,
    );
    process.exit(1);
  }
  process.stderr.write(`  ${((Date.now() - started) / 1000).toFixed(1)} s\n`);
}

/** Installs what package-lock.json names and is not there; ends the process with a sentence where that fails. */
export function prepareDependencies() {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < 20) {
    process.stderr.write(
      `FaceNet Workbench needs Node 20 or newer; this is ${process.versions.node}. See nodejs.org.\n`,
    );
    process.exit(1);
  }
  const problem = dependencyProblem();
  // npm is a script with a suffix of its own on Windows, which only a shell finds.
  if (problem)
    run(`Installing dependencies (${problem})`, ['npm', 'ci', '--no-fund', '--no-audit'], {
      shell: process.platform === 'win32',
    });
}

/** Builds these targets of esbuild.config.mjs; ends the process with a sentence where that fails. */
export function buildTargets(...options) {
  run('Building', [process.execPath, 'esbuild.config.mjs', ...options]);
}

/** Installs and builds what is missing or stale; ends the process with a sentence where that fails. */
export function prepare() {
  prepareDependencies();
  const stamp = sourceStamp();
  const programs = [
    'cli.cjs',
    'worker.cjs',
    'job.cjs',
    'trainThread.cjs',
    'watchThread.cjs',
    'alignWorker.cjs',
    'lookWorker.cjs',
    'rowReader.cjs',
    'wasmThread.cjs',
    'hdf5Reader.cjs',
    'extension.cjs',
    'libraries',
    'pages',
  ];
  const complete = programs.every((name) => existsSync(join(root, 'dist', name)));
  if (complete && existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return;
  buildTargets();
  mkdirSync(dirname(stampFile), { recursive: true });
  writeFileSync(stampFile, stamp);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) prepare();
