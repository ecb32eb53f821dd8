// One file builds every program: node esbuild.config.mjs [--production] [--watch] [--only=NAME,…] [--tests=FILE,…]
// [--into=FOLDER]. --tests names the test files that the target `tests` is to hold, e.g. test/unit/files/hdf5.test.ts.
import { cp, mkdir, readdir, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, context } from 'esbuild';
import { librariesIn, libraryEntries } from './scripts/libraries.mjs';
import { pageEntries } from './scripts/pageEntries.mjs';
import { WatchReport } from './scripts/watchReport.mjs';

const root = dirname(fileURLToPath(import.meta.url));
const require = createRequire(import.meta.url);
const production = process.argv.includes('--production');
const watch = process.argv.includes('--watch');
const only = option('only')?.split(',');
const onlyTests = option('tests')?.split(',');
/** Where the programs go; the packaged ones are built beside their package, so that dist/ stays a developer's. */
const into = option('into') ?? 'dist';

function option(name) {
  const start = `--${name}=`;
  return process.argv.find((argument) => argument.startsWith(start))?.slice(start.length);
}

// Native modules stay outside the bundles; the TensorFlow addon is loaded by path from where the user installed it.
// h5wasm carries its WebAssembly inside: 4 MB that only those who use HDF5 should read.
const native = ['sharp', 'onnxruntime-node', 'h5wasm', 'koffi', '@tensorflow/tfjs-node', '@tensorflow/tfjs-node-gpu'];

const node = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  absWorkingDir: root,
  external: native,
  outExtension: { '.js': '.cjs' },
  sourcemap: production ? false : 'linked',
  minify: production,
  keepNames: true,
  logLevel: 'warning',
  define: { 'process.env.NODE_ENV': JSON.stringify(production ? 'production' : 'development') },
};
/** A program of dist/, beside the libraries that it shares with the others. */
const program = { ...node, outdir: into, plugins: [librariesIn('./libraries')] };

async function testFiles(tier) {
  const folder = join(root, 'test', tier);
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  return names.filter((name) => name.endsWith('.test.ts')).map((name) => join('test', tier, name));
}

const targets = {
  extension: {
    ...program,
    entryPoints: { extension: 'extension/extension.ts' },
    external: [...native, 'vscode'],
  },
  worker: {
    ...program,
    entryPoints: {
      worker: 'src/worker/main.ts',
      job: 'src/worker/jobMain.ts',
      rankProcess: 'src/worker/rankProcess.ts',
      trainThread: 'src/jobs/thread/trainThread.ts',
      watchThread: 'src/worker/watchThread.ts',
      alignWorker: 'src/align/pool/alignWorker.ts',
      lookWorker: 'src/dataset/looks/lookWorker.ts',
      rowReader: 'src/input/rowReader.ts',
      wasmThread: 'src/engine/wasm/threads/kernelThread.ts',
    },
  },
  cli: { ...program, entryPoints: { cli: 'src/cli/main.ts' }, banner: { js: '#!/usr/bin/env node' } },
  // A thread of whoever reads such a file.
  readers: { ...program, entryPoints: { hdf5Reader: 'src/files/hdf5Reader.ts' } },
  libraries: { ...node, entryPoints: libraryEntries, outdir: `${into}/libraries`, plugins: [librariesIn('.')] },
  webview: {
    bundle: true,
    platform: 'browser',
    target: 'es2022',
    format: 'iife',
    absWorkingDir: root,
    entryPoints: pageEntries(root),
    outdir: `${into}/pages`,
    sourcemap: production ? false : 'linked',
    minify: production,
    logLevel: 'warning',
    loader: { '.css': 'css' },
  },
  tests: {
    ...node,
    minify: false,
    sourcemap: 'inline',
    entryPoints: onlyTests ?? [
      ...(await testFiles('unit')),
      ...(await testFiles('golden')),
      ...(await testFiles('process')),
      ...(await testFiles('fuzz')),
    ],
    outbase: 'test',
    outdir: 'dist/test',
    // Modules of the extension are bundled into tests that never load them.
    external: [...native, 'esbuild', 'playwright-core', 'typescript', 'vscode'],
  },
  integration: {
    ...node,
    minify: false,
    sourcemap: 'inline',
    entryPoints: [...(await testFiles('integration')), 'test/integration/index.ts'],
    outbase: 'test/integration',
    outdir: 'dist/integration',
    external: [...native, 'vscode', 'mocha'],
  },
};

async function copyAssets() {
  const wasm = dirname(require.resolve('@tensorflow/tfjs-backend-wasm/package.json'));
  await mkdir(resolve(root, into, 'wasm'), { recursive: true });
  for (const name of ['tfjs-backend-wasm.wasm', 'tfjs-backend-wasm-simd.wasm']) {
    await cp(join(wasm, 'dist', name), resolve(root, into, 'wasm', name));
  }
  // Starter models: the weights inside @vladmandic/face-api (MIT; recognition weights from dlib, CC0).
  const starter = join(dirname(require.resolve('@vladmandic/face-api/package.json')), 'model');
  await mkdir(resolve(root, into, 'starter'), { recursive: true });
  for (const name of [
    'face_recognition_model',
    'ssd_mobilenetv1_model',
    'tiny_face_detector_model',
    'face_landmark_68_model',
  ]) {
    await cp(join(starter, `${name}.bin`), resolve(root, into, 'starter', `${name}.bin`));
    await cp(
      join(starter, `${name}-weights_manifest.json`),
      resolve(root, into, 'starter', `${name}-weights_manifest.json`),
    );
  }
}

/** A program is nothing without its libraries and threads, which therefore need not be asked for; tests start threads too. */
const programs = ['extension', 'worker', 'cli'];
const alongWith = { libraries: programs, readers: ['worker', 'cli', 'tests'] };
const isAsked = (name) => only === undefined || only.includes(name);
const chosen = Object.entries(targets).filter(([name]) => isAsked(name) || alongWith[name]?.some(isAsked));
const report = new WatchReport(chosen.map(([name]) => name));
// Tests whose source has gone must not be run.
if (onlyTests === undefined && chosen.some(([name]) => name === 'tests'))
  await rm(join(root, 'dist', 'test'), { recursive: true, force: true });
await copyAssets();
for (const [name, options] of chosen) {
  if (watch) {
    const watched = await context({ ...options, logLevel: 'silent', plugins: [report.plugin(name)] });
    await watched.watch();
  } else
    await build(options).catch((error) => {
      console.error(`esbuild: target ${name} failed`);
      throw error;
    });
}
