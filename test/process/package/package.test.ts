// What is in each .vsix, and whether the one of this platform works where nothing else is installed.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { installationRoot } from '../../../src/engine/installation';
import { imageSteps } from '../../fixtures/imageSteps';
import { nativePlatform } from '../../fixtures/nativeHeader';
import { unpackVsix } from '../../fixtures/unpackVsix';
import { within } from '../../fixtures/deadlines.mjs';

const root = installationRoot();
const own = `${process.platform}-${process.arch}`;
const targets = ['linux-x64', 'linux-arm64', 'darwin-arm64', 'win32-x64'];
const { name, version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<string, string>;

interface Manifest {
  main: string;
  icon: string;
  bin: Record<string, string>;
  activationEvents: string[];
  extensionKind: string[];
  contributes: {
    viewsContainers: { activitybar: { icon: string }[] };
    walkthroughs: { steps: { media: { markdown: string } }[] }[];
    jsonValidation: { url: string }[];
  };
}

function makePackages(...args: string[]): { status: number | null; stderr: string } {
  const program = join(root, 'scripts', 'package.mjs');
  return spawnSync(process.execPath, [program, ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
    maxBuffer: 1 << 26,
  });
}

/** Why the image's steps cannot be run here. */
const noImage =
  own !== 'linux-x64'
    ? 'the image is one of Linux on x64'
    : spawnSync('unzip', ['-v']).status !== 0 && 'needs unzip, which the image installs';

/** Why packages of other platforms could not be made, where the registry is the reason. */
let unreachable: string | undefined;

describe('the packages', { timeout: within(300_000) }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'facenet-vsix-'));
  const paths = new Map<string, string[]>();
  const inside = (target: string, ...parts: string[]): string => join(folder, target, 'extension', ...parts);

  before(async () => {
    const all = makePackages();
    unreachable = /.* could not be fetched from the npm registry\./.exec(all.stderr)?.[0];
    if (unreachable === undefined) assert.equal(all.status, 0, all.stderr);
    else {
      const alone = makePackages('--target', 'own');
      assert.equal(alone.status, 0, alone.stderr);
    }
    for (const target of unreachable === undefined ? targets : [own]) {
      const vsix = join(root, 'build', `${name}-${target}-${version}.vsix`);
      paths.set(target, await unpackVsix(vsix, join(folder, target)));
    }
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  for (const target of targets) {
    test(`${target}: what belongs into it, for this platform, and nothing else`, (t) => {
      const files = paths.get(target);
      if (files === undefined) {
        t.skip(unreachable);
        return;
      }
      const vsix = join(root, 'build', `${name}-${target}-${version}.vsix`);
      assert.ok(statSync(vsix).size < 60 * 2 ** 20, `${statSync(vsix).size} bytes`);
      assert.match(
        readFileSync(join(folder, target, 'extension.vsixmanifest'), 'utf8'),
        new RegExp(`TargetPlatform="${target}"`),
      );

      const manifest = JSON.parse(readFileSync(inside(target, 'package.json'), 'utf8')) as Manifest;
      assert.deepEqual(missingFiles(manifest, inside(target)), []);
      // Images and models are read where they lie, so the extension runs there, never beside the user's screen.
      assert.deepEqual(manifest.extensionKind, ['workspace']);

      checkNative(
        files.map((path) => join(folder, target, path)),
        target,
      );

      const foreign =
        /\.(ts|mts|map)$|(^|\/)(test|tests|src|bench|build|\.git|\.env|\.venv|\.facenet|\.npmrc)(\/|$)|package-lock|tsconfig|eslint/;
      assert.deepEqual(
        // koffi loads its library by programs in a folder of this name.
        files.filter((path) => foreign.test(path.replace(/\/koffi\/src\/koffi\/(src\/)?(\w+\.cjs)$/, '/koffi/$2'))),
        [],
      );
      const pointing = files.filter(
        (path) =>
          /^extension\/dist\/.+\.(cjs|js|css)$/.test(path) &&
          tail(join(folder, target, path)).includes('sourceMappingURL='),
      );
      assert.deepEqual(pointing, [], 'no program points to a source map');

      assert.deepEqual(unnamedLicences(files, inside(target, 'THIRD_PARTY_NOTICES.md')), []);
    });
  }

  test('every text that the manifest asks for is there', () => {
    const manifest = readFileSync(inside(own, 'package.json'), 'utf8');
    const texts = JSON.parse(readFileSync(inside(own, 'package.nls.json'), 'utf8')) as object;
    const asked = [...manifest.matchAll(/"%([\w.]+)%"/g)].map((match) => match[1]!);
    assert.ok(asked.length > 20);
    assert.deepEqual(
      asked.filter((key) => !(key in texts)),
      [],
    );
  });

  test('the package of this platform works by itself: reads the starter model and loads every native library', () => {
    const run = (...args: string[]): string =>
      execFileSync(process.execPath, [inside(own, 'dist', 'cli.cjs'), ...args], { cwd: folder, encoding: 'utf8' });
    assert.match(run('inspect', 'starter'), /dlib_resnet/);
    const report = run('doctor');
    assert.match(report, /✓ sharp/);
    assert.match(report, /✓ ONNX Runtime/);
    assert.match(report, /✓ WebAssembly/);
    if (process.platform === 'linux')
      execFileSync(process.execPath, ['-e', "require('koffi').load(null)"], { cwd: inside(own) });
    const hdf5 =
      "import('h5wasm/node').then(async ({ ready, File }) => { await ready; new File('empty.h5', 'w').close(); })";
    execFileSync(process.execPath, ['-e', hdf5], { cwd: inside(own) });
    assert.ok(existsSync(inside(own, 'empty.h5')));
  });

  test('the steps of the image make a facenet that runs, in a clean folder', { skip: noImage }, () => {
    const image = join(folder, 'image');
    const steps = imageSteps(readFileSync(join(root, 'cluster', 'Dockerfile'), 'utf8'), ['unpacked', 'facenet'], {
      root: image,
      context: root,
    });
    assert.ok(steps.split('\n').length > 6, steps);
    const made = spawnSync('sh', ['-c', steps], { encoding: 'utf8' });
    assert.equal(made.status, 0, made.stderr);
    const env = { PATH: `${dirname(process.execPath)}:/usr/bin:/bin`, HOME: image };
    const facenet = (...args: string[]) =>
      spawnSync(join(image, 'usr', 'local', 'bin', 'facenet'), args, { encoding: 'utf8', env, cwd: image });
    assert.equal(facenet('--version').stdout.trim(), version);
    const { stdout, stderr } = facenet('doctor');
    assert.match(stdout, /ONNX Runtime/, stderr);
  });

  test('a platform without a package is a sentence', () => {
    const { status, stderr } = makePackages('--target', 'plan9-mips');
    assert.equal(status, 2);
    assert.match(stderr, /^There is no package for plan9-mips; there is one for linux-x64, .*\.$/m);
  });
});

/** Files that the manifest names, and those that the programs load by name, as far as they are not there. */
function missingFiles(manifest: Manifest, extension: string): string[] {
  const { viewsContainers, walkthroughs, jsonValidation } = manifest.contributes;
  const pages = manifest.activationEvents.flatMap((event) => /^onWebviewPanel:facenet\.(.+)$/.exec(event)?.[1] ?? []);
  assert.ok(pages.length >= 4);
  const named = [
    manifest.main,
    manifest.icon,
    ...Object.values(manifest.bin),
    ...viewsContainers.activitybar.map(({ icon }) => icon),
    ...walkthroughs.flatMap(({ steps }) => steps.map(({ media }) => media.markdown)),
    ...jsonValidation.map(({ url }) => url.replace('./', '')),
    ...[...programs, 'hdf5Reader'].map((name) => `dist/${name}.cjs`),
    ...librariesOf(extension),
    ...pages.flatMap((name) => [`dist/pages/${name}.js`, `dist/pages/${name}.css`]),
  ];
  return named.filter((path) => !existsSync(join(extension, path)));
}

/** What a worker consists of, its threads among it. */
const programs = [
  ...['worker', 'job', 'trainThread', 'rankProcess'],
  ...['watchThread', 'alignWorker', 'lookWorker', 'rowReader', 'wasmThread'],
];

/** Libraries in files of their own that the programs load. */
function librariesOf(extension: string): string[] {
  const files = ['extension', 'cli', ...programs].map((name) => `${name}.cjs`);
  const texts = files.map((file) => readFileSync(join(extension, 'dist', file), 'utf8'));
  const loaded = new Set(texts.flatMap((text) => text.match(/libraries\/[\w-]+\.cjs/g) ?? []));
  assert.ok(loaded.has('libraries/zod.cjs'));
  return [...loaded].map((file) => `dist/${file}`);
}

/** By their headers: every native file is for `target`, each once, and ONNX Runtime's binding finds its library. */
function checkNative(files: readonly string[], target: string): void {
  const native = files.flatMap((path) => {
    const bytes = readFileSync(path);
    const platform = nativePlatform(bytes);
    const isNamedSo = /\.(node|so|dylib|dll|exe)(\.[\d.]+)?$/.test(path);
    assert.ok(platform !== undefined || !isNamedSo, `${path} has no header of a native library`);
    return platform === undefined ? [] : [{ path, platform, bytes }];
  });
  assert.deepEqual(
    native.filter(({ platform }) => platform !== target).map(({ path, platform }) => `${path}: ${platform}`),
    [],
  );
  const find = (pattern: RegExp) => native.filter(({ path }) => pattern.test(basename(path)));
  const [[binding], runtimes] = [find(/^onnxruntime_binding\.node$/), find(/^(lib)?onnxruntime\./)];
  assert.equal(runtimes.length, 1, 'ONNX Runtime is there once');
  assert.ok(binding!.bytes.includes(basename(runtimes[0]!.path)), 'and under the name that its binding asks for');
  assert.equal(find(/^sharp-.*\.node$/).length, 1);
  assert.ok(find(/^libvips/).length >= 1);
  // By it a training calls MPI, which is there on Linux.
  assert.equal(find(/^koffi\.node$/).length, target.startsWith('linux-') ? 1 : 0);
}

/** The end of a file, where a source map would be named. */
function tail(path: string): string {
  return readFileSync(path).subarray(-300).toString('latin1');
}

/** Packages that are shipped or bundled without their licence in the notices. */
function unnamedLicences(files: readonly string[], noticesFile: string): string[] {
  const notices = readFileSync(noticesFile, 'utf8');
  const shipped = new Set(
    files.flatMap((path) => /^extension\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? []),
  );
  assert.ok(shipped.has('sharp') && shipped.has('onnxruntime-node'));
  return [...shipped, 'zod', 'uplot', '@tensorflow/tfjs-core', '@vladmandic/face-api'].filter(
    (needed) => !new RegExp(`^## ${needed} \\d`, 'm').test(notices),
  );
}
