// Installs a real VS Code server from the npm registry alone, for the integration and end-to-end tests.
//
// code-server 4.100.3 (VS Code 1.100.3) is the last one made for Node 20. Its install script wants libkrb5 and
// downloads ripgrep from elsewhere; the steps below do what is needed of it. Running this again does nothing until the
// manifest or the Node version changes.
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const server = join(here, 'node_modules', 'code-server', 'lib', 'vscode');
const stampFile = join(here, 'node_modules', '.installed');
const stamp = `${process.version} ${readFileSync(join(here, 'package-lock.json'), 'utf8').length} ${readFileSync(join(here, 'package.json'), 'utf8')}`;
const windows = process.platform === 'win32';

function npm(folder, ...args) {
  console.log(`host: npm ${args.join(' ')}  (${relative(here, folder) || '.'})`);
  const options = { cwd: folder, stdio: ['ignore', 'inherit', 'inherit'], shell: windows };
  execFileSync(windows ? 'npm.cmd' : 'npm', [...args, '--no-audit', '--no-fund'], options);
}

function install() {
  npm(here, 'ci', '--ignore-scripts');
  // Versions come from the shrink-wrap inside the package; `npm ci` refuses it because it lacks one peer.
  npm(server, 'install', '--no-save', '--ignore-scripts', '--omit=dev');
  npm(join(server, 'extensions'), 'install', '--no-save', '--ignore-scripts', '--omit=dev');

  const archive = join(server, 'node_modules.asar');
  rmSync(archive, { recursive: true, force: true });
  symlinkSync(windows ? join(server, 'node_modules') : 'node_modules', archive, windows ? 'junction' : undefined);

  // ripgrep ≥ 1.18 carries its program in platform packages of the registry; the server's own version would download it.
  const { rgPath } = createRequire(join(here, 'setup.mjs'))('@vscode/ripgrep');
  const target = join(server, 'node_modules', '@vscode', 'ripgrep', 'bin', basename(rgPath));
  mkdirSync(dirname(target), { recursive: true });
  copyFileSync(rgPath, target);
  chmodSync(target, 0o755);

  // spdlog: output channels stay empty without it. native-watchdog: ends orphaned extension hosts. Both need a compiler.
  for (const module of ['native-watchdog', '@vscode/spdlog']) {
    try {
      npm(server, 'rebuild', module, '--ignore-scripts=false');
    } catch (error) {
      console.warn(`host: ${module} could not be built (${error.message}); the tests run without it`);
    }
  }
}

if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) {
  console.log('host: installed already');
} else {
  const started = Date.now();
  install();
  writeFileSync(stampFile, stamp);
  console.log(`host: installed in ${((Date.now() - started) / 1000).toFixed(1)} s`);
}
