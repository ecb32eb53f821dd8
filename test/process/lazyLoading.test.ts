import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { build } from 'esbuild';
import { distFile, installationRoot } from '../../src/engine/installation';

/** Reports at exit which heavy libraries a program has loaded: native ones by name, tfjs by its global. */
const probe = `
const Module = require('node:module');
const load = Module._load;
const seen = new Set();
Module._load = function (name, ...rest) { seen.add(name); return load.call(this, name, ...rest); };
process.on('exit', () => {
  if (globalThis._tfengine !== undefined) seen.add('@tensorflow/tfjs-core');
  require('node:fs').writeSync(2, 'LOADED ' + JSON.stringify([...seen]) + '\\n');
});`;
const heavy = [
  'sharp',
  'onnxruntime-node',
  '@tensorflow/tfjs-core',
  '@tensorflow/tfjs-node',
  '@tensorflow/tfjs-node-gpu',
];

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
    return heavy.filter((name) => loaded.includes(name));
  };

  for (const argv of [
    ['--help'],
    ['runs'],
    ['stop', 'x'],
    ['attach', 'x'],
    ['inspect', '--help'],
    ['inspect', 'starter'],
  ]) {
    test(`facenet ${argv.join(' ')} loads no image or tensor library`, () => {
      assert.deepEqual(loadedBy(distFile('cli.cjs'), ...argv), []);
    });
  }

  test('the probe sees what is loaded, a library inside a bundle by its global', () => {
    const script = "require('sharp'); require('onnxruntime-node'); globalThis._tfengine = {}";
    assert.deepEqual(loadedBy('-e', script), ['sharp', 'onnxruntime-node', '@tensorflow/tfjs-core']);
    const tfjs = spawnSync(process.execPath, ['-p', "require('@tensorflow/tfjs-core'); typeof globalThis._tfengine"], {
      cwd: installationRoot(),
      encoding: 'utf8',
    });
    assert.equal(tfjs.stdout, 'object\n');
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
    assert.deepEqual(
      [...packages].filter((path) => !path.startsWith('node:')),
      ['vscode'],
    );
    const panels = [...seen].filter((path) => path.endsWith('Panel.ts') && !path.startsWith('extension/pages/'));
    assert.deepEqual(panels, []);
  });
});
