// npm run package: the .vsix of this platform in build/, with this platform's native libraries and nothing else.
//
// Everything is gathered in build/vsix/<target>, so that node_modules and dist/ of the checkout stay as they are.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const require = createRequire(import.meta.url);

/** VS Code's name of the platform → where the native packages keep their parts for it. */
const platforms = {
  'linux-x64': { onnxruntime: 'linux/x64', sharp: 'linux-x64' },
  'linux-arm64': { onnxruntime: 'linux/arm64', sharp: 'linux-arm64' },
  'darwin-x64': { onnxruntime: 'darwin/x64', sharp: 'darwin-x64' },
  'darwin-arm64': { onnxruntime: 'darwin/arm64', sharp: 'darwin-arm64' },
  'win32-x64': { onnxruntime: 'win32/x64', sharp: 'win32-x64' },
  'win32-arm64': { onnxruntime: 'win32/arm64', sharp: 'win32-arm64' },
};
const largestMegabytes = 60;

const target = `${process.platform}-${process.arch}`;
const platform = platforms[target];
if (platform === undefined) {
  console.error(`There is no package for ${target}; there is one for ${Object.keys(platforms).join(', ')}.`);
  process.exit(1);
}
const staging = join(root, 'build', 'vsix', target);
const { name, version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const vsix = join(root, 'build', `${name}-${target}-${version}.vsix`);

function copy(path, filter) {
  cpSync(join(root, path), join(staging, path), { recursive: true, dereference: true, ...(filter && { filter }) });
}

/** Copies a package without what only its developers or other platforms need; `keep` tells by the path inside it. */
function copyPackage(packageName, keep = () => true) {
  const from = join(root, 'node_modules', packageName);
  copy(join('node_modules', packageName), (path) => {
    const inside = path.slice(from.length + 1).replaceAll('\\', '/');
    if (inside === '' || statSync(path).isDirectory()) return !/^(node_modules|script|src|types?|test)$/.test(inside);
    return !/\.(map|d\.[cm]?ts|ts|md|gyp|cc|h)$/i.test(inside) || /licen[cs]e/i.test(inside) ? keep(inside) : false;
  });
}

/** A package.json of the staging folder with only the dependencies that are shipped. */
function trimDependencies(path, dependencies) {
  const file = join(staging, path, 'package.json');
  const manifest = JSON.parse(readFileSync(file, 'utf8'));
  manifest.dependencies = Object.fromEntries(dependencies.map((name) => [name, manifest.dependencies[name]]));
  for (const key of [
    'devDependencies',
    'optionalDependencies',
    'peerDependencies',
    'peerDependenciesMeta',
    'scripts',
  ]) {
    delete manifest[key];
  }
  writeFileSync(file, `${JSON.stringify(manifest, undefined, 2)}\n`);
}

function stage() {
  rmSync(staging, { recursive: true, force: true });
  mkdirSync(staging, { recursive: true });
  for (const file of [
    'package.json',
    'package.nls.json',
    'l10n',
    'README.md',
    'CHANGELOG.md',
    'LICENSE',
    'media',
    'schemas',
    '.vscodeignore',
  ])
    copy(file);
  writeFileSync(join(staging, 'THIRD_PARTY_NOTICES.md'), thirdPartyNotices());
  const build = [
    'esbuild.config.mjs',
    '--production',
    '--only=extension,worker,cli,webview',
    `--into=${join(staging, 'dist')}`,
  ];
  execFileSync(process.execPath, build, { cwd: root, stdio: ['ignore', 2, 2] });

  const native = `bin/napi-v6/${platform.onnxruntime}/`;
  const isBinary = (path) => path.startsWith('bin/');
  copyPackage('onnxruntime-node', (path) => !isBinary(path) || path.startsWith(native));
  copyPackage('onnxruntime-common', (path) => !path.startsWith('dist/esm/'));
  for (const needed of ['sharp', '@img/colour', 'detect-libc', 'semver', `@img/sharp-${platform.sharp}`])
    copyPackage(needed);
  // On Windows libvips lies in sharp's own package.
  const libvips = `@img/sharp-libvips-${platform.sharp}`;
  if (existsSync(join(root, 'node_modules', libvips))) copyPackage(libvips);
  copyPackage('h5wasm', (path) => !path.startsWith('dist/') || path.startsWith('dist/node/'));
  trimDependencies('.', ['onnxruntime-node', 'sharp', 'h5wasm']);
  trimDependencies('node_modules/onnxruntime-node', ['onnxruntime-common']);
  trimDependencies('node_modules/sharp', ['@img/colour', 'detect-libc', 'semver']);
}

/** The licences of everything that is bundled or shipped: the production dependencies, and the weights of the starter. */
function thirdPartyNotices() {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  const shipped = Object.entries(packages).filter(
    ([path, { dev }]) =>
      path !== '' && existsSync(join(root, path)) && (!dev || path === 'node_modules/@vladmandic/face-api'),
  );
  const notices = shipped.map(([path, { version, license }]) => {
    const file = readdirSync(join(root, path)).find((entry) => /^licen[cs]e/i.test(entry));
    const text = file === undefined ? '' : `\n\`\`\`\n${readFileSync(join(root, path, file), 'utf8').trim()}\n\`\`\`\n`;
    return `## ${path.replace(/^.*node_modules\//, '')} ${version}\n\nLicence: ${license ?? 'see its package'}\n${text}`;
  });
  return `# Third-party notices\n\nThe recognition weights of the starter model come from dlib (CC0).\n\n${notices.join('\n')}`;
}

function makeVsix() {
  const vsce = require.resolve('@vscode/vsce/vsce');
  const args = [
    vsce,
    'package',
    '--target',
    target,
    '--allow-missing-repository',
    '--no-rewrite-relative-links',
    '--out',
    vsix,
  ];
  rmSync(vsix, { force: true });
  execFileSync(process.execPath, args, { cwd: staging, stdio: ['ignore', 2, 2] });
}

/** Paths of the files that were gathered, relative to the staging folder. */
function stagedFiles(folder = staging) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath ?? entry.path, entry.name)
        .slice(staging.length + 1)
        .replaceAll('\\', '/'),
    );
}

const started = Date.now();
stage();
makeVsix();
const megabytes = statSync(vsix).size / 2 ** 20;
console.log(
  `${vsix}: ${megabytes.toFixed(1)} MB, ${stagedFiles().length} files, in ${((Date.now() - started) / 1000).toFixed(0)} s`,
);
if (megabytes > largestMegabytes) {
  console.error(`The package is larger than ${largestMegabytes} MB.`);
  process.exit(1);
}
