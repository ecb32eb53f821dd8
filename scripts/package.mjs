// npm run package: one .vsix per platform in build/, each with the native libraries of that platform and nothing else.
//
//   npm run package                          all platforms
//   npm run package -- --target linux-x64    one of them; `--target own` is the one that this runs on
//
// Everything is gathered in build/vsix/<target>, so that node_modules and dist/ of the checkout stay as they are. Parts of
// other platforms come from the npm registry, once per version, and are checked against the hashes of package-lock.json.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { isShippedRuntimeFile, ownTarget, platforms } from './packaging/platforms.mjs';
import { mpiPackages, packageFolder, platformPackages } from './packaging/registryParts.mjs';
import { thirdPartyNotices } from './packaging/notices.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const require = createRequire(import.meta.url);
const largestMegabytes = 60;
const { name, version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** Names of the platforms that are asked for. */
function askedTargets() {
  const { values } = parseArgs({ options: { target: { type: 'string', multiple: true } } });
  const asked = values.target?.map((target) => (target === 'own' ? ownTarget : target)) ?? Object.keys(platforms);
  const unknown = asked.filter((target) => !(target in platforms));
  if (unknown.length === 0) return asked;
  console.error(
    `There is no package for ${unknown.join(', ')}; there is one for ${Object.keys(platforms).join(', ')}.`,
  );
  process.exit(2);
}

/** Of koffi what loads its library, and that library for the system's C library that VS Code stands on. */
function isShippedOfKoffi(path) {
  return /^(package\.json|index\.c?js|LICENSE.*|src\/koffi\/(src\/)?\w+\.cjs|linux_\w+\/koffi\.node)$/.test(path);
}

/** Builds the programs and pages once; they are the same on every platform. */
function buildPrograms(folder) {
  rmSync(folder, { recursive: true, force: true });
  const build = ['esbuild.config.mjs', '--production', '--only=extension,worker,cli,webview', `--into=${folder}`];
  execFileSync(process.execPath, build, { cwd: root, stdio: ['ignore', 2, 2] });
}

/** The folder that one package is made of. */
class Staging {
  constructor(target) {
    this.target = target;
    this.folder = join(root, 'build', 'vsix', target);
    this.vsix = join(root, 'build', `${name}-${target}-${version}.vsix`);
  }

  gather(programs) {
    rmSync(this.folder, { recursive: true, force: true });
    mkdirSync(this.folder, { recursive: true });
    const texts = ['package.json', 'package.nls.json', 'l10n', 'README.md', 'CHANGELOG.md', 'LICENSE'];
    for (const path of [...texts, 'media', 'schemas', '.vscodeignore'])
      cpSync(join(root, path), join(this.folder, path), { recursive: true });
    cpSync(programs, join(this.folder, 'dist'), { recursive: true });

    const native = platformPackages(this.target);
    this.copyPackage('onnxruntime-node', (path) => !path.startsWith('bin/') || isShippedRuntimeFile(path, this.target));
    this.copyPackage('onnxruntime-common', (path) => !path.startsWith('dist/esm/'));
    for (const needed of ['sharp', '@img/colour', 'detect-libc', 'semver', ...native]) this.copyPackage(needed);
    this.copyPackage('h5wasm', (path) => !path.startsWith('dist/') || path.startsWith('dist/node/'));
    const mpi = mpiPackages(this.target);
    for (const needed of mpi) this.copyPackage(needed, isShippedOfKoffi, /^(doc|lib|vendor)$/);
    this.trimDependencies('.', ['onnxruntime-node', 'sharp', 'h5wasm', ...mpi.slice(0, 1)]);
    this.trimDependencies('node_modules/onnxruntime-node', ['onnxruntime-common']);
    this.trimDependencies('node_modules/sharp', ['@img/colour', 'detect-libc', 'semver']);
    writeFileSync(join(this.folder, 'THIRD_PARTY_NOTICES.md'), thirdPartyNotices([...native, ...mpi]));
  }

  /**
   * Copies a package without what only its developers or other platforms need; `keep` tells by the path inside it, and
   * `unneeded` matches the folders at its top that are left out.
   */
  copyPackage(packageName, keep = () => true, unneeded = /^(node_modules|script|src|types?|test)$/) {
    const from = packageFolder(packageName);
    const filter = (path) => {
      const inside = path.slice(from.length + 1).replaceAll('\\', '/');
      if (inside === '' || statSync(path).isDirectory()) return !unneeded.test(inside);
      return !/\.(map|d\.[cm]?ts|ts|md|gyp|cc|h)$/i.test(inside) || /licen[cs]e/i.test(inside) ? keep(inside) : false;
    };
    cpSync(from, join(this.folder, 'node_modules', packageName), { recursive: true, dereference: true, filter });
  }

  /** A package.json of the staging folder with only the dependencies that are shipped. */
  trimDependencies(path, dependencies) {
    const file = join(this.folder, path, 'package.json');
    const manifest = JSON.parse(readFileSync(file, 'utf8'));
    const known = { ...manifest.optionalDependencies, ...manifest.dependencies };
    manifest.dependencies = Object.fromEntries(dependencies.map((needed) => [needed, known[needed]]));
    const foreign = ['devDependencies', 'optionalDependencies', 'peerDependencies', 'peerDependenciesMeta', 'scripts'];
    for (const key of foreign) delete manifest[key];
    writeFileSync(file, `${JSON.stringify(manifest, undefined, 2)}\n`);
  }

  makeVsix() {
    const args = ['package', '--target', this.target, '--allow-missing-repository', '--no-rewrite-relative-links'];
    rmSync(this.vsix, { force: true });
    execFileSync(process.execPath, [require.resolve('@vscode/vsce/vsce'), ...args, '--out', this.vsix], {
      cwd: this.folder,
      stdio: ['ignore', 2, 2],
    });
  }

  get fileCount() {
    return readdirSync(this.folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).length;
  }
}

const targets = askedTargets();
const programs = join(root, 'build', 'vsix', 'programs');
buildPrograms(programs);
for (const target of targets) {
  const started = Date.now();
  const staging = new Staging(target);
  staging.gather(programs);
  staging.makeVsix();
  const megabytes = statSync(staging.vsix).size / 2 ** 20;
  const seconds = ((Date.now() - started) / 1000).toFixed(0);
  console.log(`${staging.vsix}: ${megabytes.toFixed(1)} MB, ${staging.fileCount} files, in ${seconds} s`);
  if (megabytes > largestMegabytes) {
    console.error(`The package for ${target} is larger than ${largestMegabytes} MB.`);
    process.exitCode = 1;
  }
}
