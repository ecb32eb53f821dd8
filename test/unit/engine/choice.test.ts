import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { nativeAction } from '../../../src/engine/doctor';
import { parseLdconfig, parseNvidiaSmi } from '../../../src/engine/gpu';
import { restoreRemovedUtil } from '../../../src/engine/loadNative';
import { findNativeCandidates, type NativePackage } from '../../../src/engine/nativePackage';
import { probeNative, reasonOf } from '../../../src/engine/probeNative';
import { chooseEngine, type ProbedCandidate } from '../../../src/engine/trainingEngine';

let folder = '';
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'facenet-engine-'))));
afterEach(() => rmSync(folder, { recursive: true }));

/** A package of the given name whose main file is `source`. */
function install(name: NativePackage, source: string): string {
  const place = join(folder, 'node_modules', '@tensorflow', name);
  mkdirSync(place, { recursive: true });
  writeFileSync(join(place, 'package.json'), JSON.stringify({ name: `@tensorflow/${name}`, main: 'index.js' }));
  writeFileSync(join(place, 'index.js'), source);
  return place;
}

/** As much of TensorFlow as a probe asks for; it needs the function that Node 23 removed. */
const working = (gpu: boolean): string => `
  const util = require('util');
  exports.matMul = (a, b) => ({ dataSync: () => [util.isNullOrUndefined(a) ? 0 : a[0][0] * b[0][0]] });
  exports.backend = () => ({ binding: { TF_Version: '2.21.0' }, isUsingGpuDevice: ${gpu} });`;

test('packages are found below FACENET_ENGINE and as that folder itself', () => {
  const gpu = install('tfjs-node-gpu', '');
  const cpu = install('tfjs-node', '');
  assert.deepEqual(
    findNativeCandidates({ FACENET_ENGINE: folder }).map((candidate) => candidate.folder),
    [gpu, cpu],
  );
  assert.deepEqual(
    findNativeCandidates({ FACENET_ENGINE: cpu }).map(({ name }) => name),
    ['tfjs-node'],
  );
  assert.deepEqual(findNativeCandidates({ FACENET_ENGINE: join(folder, 'nothing') }), []);
});

test('a probe tells what a loading package says', async () => {
  const place = install('tfjs-node', working(false));
  const result = await probeNative({ name: 'tfjs-node', folder: place, source: 'test' });
  assert.deepEqual(result, { loads: true, description: { tensorflow: '2.21.0', gpu: false } });
});

for (const [what, source, reason] of [
  [
    'throws',
    `throw new Error("libtensorflow.so.2: cannot open shared object file")`,
    /libtensorflow\.so\.2: cannot open/,
  ],
  ['crashes', `process.kill(process.pid, 'SIGSEGV')`, /SIGSEGV/],
  ['ends silently', `process.exit(0)`, /without a word/],
  ['computes nonsense', working(false).replace('a[0][0] *', '1 +'), /2 \* 3 = 4/],
] as const) {
  test(`a package that ${what} is a message, not a crash`, async () => {
    const place = install('tfjs-node', source);
    const result = await probeNative({ name: 'tfjs-node', folder: place, source: 'test' });
    assert.ok(!result.loads && reason.test(result.reason), JSON.stringify(result));
  });
}

test('a package that hangs is given up', async () => {
  const place = install('tfjs-node', 'for (;;);');
  const result = await probeNative({ name: 'tfjs-node', folder: place, source: 'test' }, { timeout: 700 });
  assert.deepEqual(result, { loads: false, reason: 'it did not answer within 0.7 seconds' });
});

const candidate = (name: NativePackage, gpu: boolean | undefined): ProbedCandidate => ({
  candidate: { name, folder: `/engines/${name}`, source: 'test' },
  result:
    gpu === undefined ? { loads: false, reason: 'broken' } : { loads: true, description: { tensorflow: '2.9.1', gpu } },
});

test('auto takes the GPU, then TensorFlow on the CPU, then WebAssembly, and says why', () => {
  assert.equal(
    chooseEngine('auto', [candidate('tfjs-node-gpu', true), candidate('tfjs-node', false)]).name,
    'tfjs-node-gpu',
  );
  const cpu = chooseEngine('auto', [candidate('tfjs-node-gpu', undefined), candidate('tfjs-node', false)]);
  assert.equal(cpu.name, 'tfjs-node');
  assert.match(cpu.notes.join('\n'), /does not load: broken[^]*no GPU/);
  const wasm = chooseEngine('auto', []);
  assert.equal(wasm.name, 'wasm');
  assert.match(wasm.notes.join('\n'), /not installed/);
});

test('an engine that is asked for by name is used or refused, never replaced', () => {
  assert.throws(() => chooseEngine('gpu', [candidate('tfjs-node', false)]), /finds no GPU/);
  assert.throws(() => chooseEngine('cpu', []), /not installed/);
  assert.equal(
    chooseEngine('cpu', [candidate('tfjs-node-gpu', true), candidate('tfjs-node', false)]).name,
    'tfjs-node',
  );
  assert.equal(chooseEngine('wasm', [candidate('tfjs-node-gpu', true)]).name, 'wasm');
});

test('removed functions of util come back, present ones stay', () => {
  const present = (): boolean => true;
  const util: Record<string, unknown> = { isArray: present };
  restoreRemovedUtil(util);
  assert.equal(util['isArray'], present);
  const isNullOrUndefined = util['isNullOrUndefined'] as (value: unknown) => boolean;
  assert.deepEqual([isNullOrUndefined(null), isNullOrUndefined(undefined), isNullOrUndefined(0)], [true, true, false]);
});

test('the reason of a failed load is the line that names the library', () => {
  const output =
    'node:internal\n  throw e;\nError: libcudart.so.11.0: cannot open shared object file: No such file\n    at x';
  assert.match(reasonOf(output), /^Error: libcudart\.so\.11\.0: cannot open/);
  assert.match(nativeAction(reasonOf(output), '/x'), /provides libcudart\.so\.11\.0/);
  assert.match(nativeAction("Cannot find module '../lib/napi-v8/tfjs_binding.node'", '/x'), /no TensorFlow library/);
});

test("the driver's and the loader's lists are read", () => {
  assert.deepEqual(parseNvidiaSmi('NVIDIA T4, 15360 MiB, 535.1\nNVIDIA T4, 15360 MiB, 535.1\n'), {
    devices: ['NVIDIA T4 (15360 MiB)', 'NVIDIA T4 (15360 MiB)'],
    driver: '535.1',
  });
  assert.deepEqual(parseNvidiaSmi(''), { devices: [], driver: undefined });
  assert.deepEqual(parseLdconfig('\tlibcudnn.so.8 (libc6,x86-64) => /usr/lib/libcudnn.so.8\n\tlibc.so.6 => /lib\n'), [
    'libcudnn.so.8',
  ]);
});
