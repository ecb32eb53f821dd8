// What is in the .vsix, and whether it works where nothing else is installed.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createWriteStream, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { after, before, describe, test } from 'node:test';
import { installationRoot } from '../../../src/engine/installation';

const root = installationRoot();
const target = `${process.platform}-${process.arch}`;

/** The part of yauzl that is used here. */
interface Zip {
  readEntry(): void;
  openReadStream(entry: { fileName: string }, done: (error: Error | null, stream: Readable) => void): void;
  on(event: 'end', listener: () => void): void;
  on(event: 'error', listener: (error: Error) => void): void;
  on(event: 'entry', listener: (entry: { fileName: string }) => void): void;
}
interface Yauzl {
  open(path: string, options: { lazyEntries: boolean }, done: (error: Error | null, zip: Zip) => void): void;
}

/** Unpacks the archive and returns the paths of its files. yauzl comes with vsce, which has written the archive. */
async function unpack(archive: string, folder: string): Promise<string[]> {
  const load = createRequire(createRequire(join(root, 'package.json')).resolve('@vscode/vsce/package.json'));
  const yauzl = load('yauzl') as Yauzl;
  const zip = await new Promise<Zip>((resolve, reject) => {
    yauzl.open(archive, { lazyEntries: true }, (error, opened) => (error ? reject(error) : resolve(opened)));
  });
  const paths: string[] = [];
  await new Promise<void>((resolve, reject) => {
    zip.on('end', resolve);
    zip.on('error', reject);
    zip.on('entry', (entry) => {
      paths.push(entry.fileName);
      const file = join(folder, entry.fileName);
      mkdirSync(dirname(file), { recursive: true });
      zip.openReadStream(entry, (error, stream) => {
        if (error) reject(error);
        else pipeline(stream, createWriteStream(file)).then(() => zip.readEntry(), reject);
      });
    });
    zip.readEntry();
  });
  return paths;
}

describe('the package of this platform', () => {
  const folder = mkdtempSync(join(tmpdir(), 'facenet-vsix-'));
  let vsix: string;
  let paths: string[];
  const run = (...args: string[]): string =>
    execFileSync(process.execPath, [join(folder, 'extension', 'dist', 'cli.cjs'), ...args], {
      cwd: folder,
      encoding: 'utf8',
    });

  before(async () => {
    const said = execFileSync(process.execPath, [join(root, 'scripts', 'package.mjs')], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    vsix = /^(.+\.vsix): /m.exec(said)![1]!;
    paths = await unpack(vsix, folder);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  test('is smaller than 60 MB', () => {
    assert.ok(statSync(vsix).size < 60 * 2 ** 20, `${statSync(vsix).size} bytes`);
  });

  test('holds what the manifest names', () => {
    const manifest = JSON.parse(readFileSync(join(folder, 'extension', 'package.json'), 'utf8')) as {
      main: string;
      icon: string;
      bin: Record<string, string>;
      contributes: {
        viewsContainers: { activitybar: { icon: string }[] };
        walkthroughs: { steps: { media: { markdown: string } }[] }[];
        jsonValidation: { url: string }[];
      };
    };
    const named = [
      manifest.main,
      manifest.icon,
      ...Object.values(manifest.bin),
      ...manifest.contributes.viewsContainers.activitybar.map(({ icon }) => icon),
      ...manifest.contributes.walkthroughs.flatMap(({ steps }) => steps.map(({ media }) => media.markdown)),
      ...manifest.contributes.jsonValidation.map(({ url }) => url.replace('./', '')),
      ...['worker.cjs', 'alignWorker.cjs', 'webview.js', 'webview.css'].map((name) => `dist/${name}`),
    ];
    assert.deepEqual(
      named.filter((path) => !existsSync(join(folder, 'extension', path))),
      [],
    );
    const texts = readFileSync(join(folder, 'extension', 'package.nls.json'), 'utf8');
    const asked = [...JSON.stringify(manifest).matchAll(/"%([\w.]+)%"/g)].map((match) => match[1]!);
    assert.ok(asked.length > 20);
    assert.deepEqual(
      asked.filter((key) => !(key in (JSON.parse(texts) as object))),
      [],
    );
  });

  test('holds native libraries of this platform only', () => {
    const native = paths.filter((path) => /\.(node|so|dylib|dll)(\.[\d.]+)?$/.test(path));
    assert.ok(native.length >= 3, native.join());
    const own = new RegExp(`/bin/napi-v\\d+/${target.replace('-', '/')}/|/@img/sharp(-libvips)?-${target}/`);
    assert.deepEqual(
      native.filter((path) => !own.test(path)),
      [],
    );
  });

  test('holds no source, no test, no map and nothing of the developer', () => {
    const foreign =
      /\.(ts|mts|map)$|(^|\/)(test|tests|src|bench|build|\.git|\.env|\.venv|\.facenet)(\/|$)|package-lock|tsconfig|eslint/;
    assert.deepEqual(
      paths.filter((path) => foreign.test(path)),
      [],
    );
  });

  test('names the licence of everything that it ships', () => {
    const notices = readFileSync(join(folder, 'extension', 'THIRD_PARTY_NOTICES.md'), 'utf8');
    const shipped = new Set(
      paths.flatMap((path) => /^extension\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? []),
    );
    assert.ok(shipped.has('sharp') && shipped.has('onnxruntime-node'));
    for (const name of [...shipped, 'zod', 'uplot', '@tensorflow/tfjs-core', '@vladmandic/face-api']) {
      assert.match(notices, new RegExp(`^## ${name} \\d`, 'm'));
    }
  });

  test('works by itself: reads the starter model and loads every native library', () => {
    assert.match(run('inspect', 'starter'), /dlib_resnet/);
    const report = run('doctor');
    assert.match(report, /✓ sharp/);
    assert.match(report, /✓ ONNX Runtime/);
    assert.match(report, /✓ WebAssembly/);
    const hdf5 =
      "import('h5wasm/node').then(async ({ ready, File }) => { await ready; new File('empty.h5', 'w').close(); })";
    execFileSync(process.execPath, ['-e', hdf5], { cwd: join(folder, 'extension') });
    assert.ok(existsSync(join(folder, 'extension', 'empty.h5')));
  });
});
