import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { build } from 'esbuild';
import { libraryEntries, librariesIn } from '../../scripts/libraries.mjs';
import { distFile, installationRoot } from '../../src/engine/installation';

/** Reports at exit what a program has loaded by name: native libraries, and those of dist/libraries. */
const probe = `
const Module = require('node:module');
const load = Module._load;
const seen = new Set();
Module._load = function (name, ...rest) { seen.add(name); return load.call(this, name, ...rest); };
process.on('exit', () => require('node:fs').writeSync(2, 'LOADED ' + JSON.stringify([...seen]) + '\\n'));`;
const native = ['sharp', 'onnxruntime-node', 'koffi', '@tensorflow/tfjs-node', '@tensorflow/tfjs-node-gpu'];

/** Bytes of a library, minified, above which it is to be a file of its own. */
const largestInside = 150_000;

/** The package that a file is of; undefined for one of ours. */
const packageOf = (path: string): string | undefined => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1];

describe('what is loaded', () => {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'facenet-lazy-'));
    await writeFile(join(folder, 'probe.cjs'), probe);
  });
  after(() => rm(folder, { recursive: true, force: true }));
  const loadedBy = (...argv: string[]): string[] => {
    const result = spawnSync(process.execPath, ['-r', join(folder, 'probe.cjs'), ...argv], {
      cwd: installationRoot(),
      encoding: 'utf8',
    });
    const line = /^LOADED (.*)$/m.exec(result.stderr);
    assert.ok(line, result.stderr);
    const loaded = JSON.parse(line[1]!) as string[];
    const libraries = loaded.flatMap((name) => /libraries\/([\w-]+)\.cjs$/.exec(name)?.[1] ?? []);
    return [...native.filter((name) => loaded.includes(name)), ...libraries.sort()];
  };

  for (const [argv, libraries] of [
    [['--help'], []],
    [['inspect', '--help'], []],
    [['inspect', 'starter'], []],
    [['runs'], ['zod']],
    [['attach', 'x'], ['zod']],
    [
      ['stop', 'x'],
      ['vscode-jsonrpc', 'zod'],
    ],
  ] as const) {
    test(`facenet ${argv.join(' ')} loads ${libraries.join(' and ') || 'no library'}`, () => {
      assert.deepEqual(loadedBy(distFile('cli.cjs'), ...argv), libraries);
    });
  }

  test('the probe sees native libraries and those of dist/libraries', () => {
    const script = "require('sharp'); require('onnxruntime-node'); require('./dist/libraries/tfjs-core.cjs')";
    assert.deepEqual(loadedBy('-e', script), ['sharp', 'onnxruntime-node', 'tfjs-core']);
  });

  test('no program holds a large library, nor a second copy of one of dist/libraries', async () => {
    const { metafile } = await build({
      entryPoints: [
        ...['src/cli/main.ts', 'src/worker/main.ts', 'src/worker/jobMain.ts', 'src/worker/rankProcess.ts'],
        ...['src/worker/watchThread.ts', 'src/jobs/thread/trainThread.ts'],
        ...['src/align/pool/alignWorker.ts', 'src/input/rowReader.ts', 'extension/extension.ts'],
      ],
      absWorkingDir: installationRoot(),
      bundle: true,
      minify: true,
      platform: 'node',
      write: false,
      outdir: folder,
      metafile: true,
      external: [...native, 'h5wasm', 'vscode'],
      plugins: [librariesIn('./libraries')],
    });
    const apart = Object.values(libraryEntries).map((name) => packageOf(`node_modules/${name}`));
    const held = Object.values(metafile.outputs).flatMap(({ entryPoint, inputs }) => {
      const sizes = new Map<string, number>();
      for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
        const name = packageOf(path);
        if (name !== undefined) sizes.set(name, (sizes.get(name) ?? 0) + bytesInOutput);
      }
      const wrong = [...sizes].filter(([name, size]) => size > largestInside || apart.includes(name));
      return wrong.map(([name, size]) => `${entryPoint} holds ${name}, ${size} bytes: see scripts/libraries.mjs`);
    });
    assert.deepEqual(held, []);
  });

  test('launching, attaching and finding Node bring no native module into the extension host', async () => {
    const modules = ['worker/launch', 'control/client', 'worker/nodeRuntime', 'worker/stopRun', 'watch/runWatch'];
    const imports = modules.map((name) => `import './src/${name}';`).join('\n');
    const { metafile } = await build({
      stdin: { contents: imports, resolveDir: installationRoot(), loader: 'ts' },
      absWorkingDir: installationRoot(),
      bundle: true,
      platform: 'node',
      write: false,
      outdir: folder,
      metafile: true,
      treeShaking: false,
      packages: 'external',
    });
    const externals = Object.values(metafile.outputs).flatMap((output) => output.imports.map(({ path }) => path));
    const packages = new Set(externals.filter((path) => !path.startsWith('node:')));
    assert.deepEqual([...packages].sort(), ['tree-kill', 'vscode-jsonrpc/node', 'zod']);
  });

  test('activating the extension loads no library: what commands and pages need is loaded with them', async () => {
    const { metafile } = await build({
      entryPoints: ['extension/extension.ts'],
      absWorkingDir: installationRoot(),
      bundle: true,
      platform: 'node',
      write: false,
      outdir: folder,
      metafile: true,
      packages: 'external',
    });
    const packages = new Set<string>();
    const seen = new Set<string>();
    const follow = (file: string): void => {
      if (seen.has(file)) return;
      seen.add(file);
      for (const { kind, path, external } of metafile.inputs[file]!.imports) {
        if (kind !== 'import-statement') continue;
        if (external === true) packages.add(path);
        else follow(path);
      }
    };
    follow('extension/extension.ts');
    assert.ok(seen.has('extension/features.ts'));
    // The few lines that look texts up, of the sentences that are shared with the pages and the terminal.
    assert.deepEqual(
      [...packages].filter((path) => !path.startsWith('node:')),
      ['@vscode/l10n', 'vscode'],
    );
    const panels = [...seen].filter((path) => path.endsWith('Panel.ts') && !path.startsWith('extension/pages/'));
    assert.deepEqual(panels, []);
  });
});
