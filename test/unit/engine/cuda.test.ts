import assert from 'node:assert/strict';
import { mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { missingCuda, parseBuildInfo, wantedCuda, wheelLibraries } from '../../../src/engine/cuda';
import { cudaVerdict } from '../../../src/engine/doctor';
import { temporaryFolder } from '../../fixtures/temporaryFolder';

const gpuBuild = `build_info = collections.OrderedDict([('cpu_compiler', 'clang'), ('cuda_compute_capabilities', ['sm_60',
'compute_90']), ('cuda_version', '12.5.1'), ('cudnn_version', '9'), ('is_cuda_build', True), ('is_rocm_build', False)])`;
const cpuBuild = `build_info = collections.OrderedDict([('is_cuda_build', False), ('is_rocm_build', False)])`;

test("Python's TensorFlow says which CUDA it was built for", () => {
  assert.deepEqual(parseBuildInfo(gpuBuild), { kind: 'cuda', cuda: '12.5.1', cudnn: '9' });
  assert.deepEqual(parseBuildInfo(cpuBuild), { kind: 'none' });
  assert.deepEqual(parseBuildInfo(''), { kind: 'unknown' });
});

const posix = process.platform === 'win32' && 'links of POSIX';

/** A package linked to `library`; without one, with the library in its own folder. */
function packageWith(folder: string, name: 'tfjs-node' | 'tfjs-node-gpu', library?: string) {
  const place = join(folder, name);
  mkdirSync(join(place, 'deps', 'lib'), { recursive: true });
  const link = join(place, 'deps', 'lib', 'libtensorflow.so');
  if (library === undefined) writeFileSync(link, '');
  else symlinkSync(library, link);
  return { name, folder: place, source: 'test' };
}

test('a package tells by its library what it wants, and finds CUDA in pip packages beside it', { skip: posix }, () => {
  const folder = realpathSync(temporaryFolder());
  const tensorflow = join(folder, 'site-packages', 'tensorflow');
  mkdirSync(join(tensorflow, 'python', 'platform'), { recursive: true });
  writeFileSync(join(tensorflow, 'libtensorflow_cc.so.2'), '');
  writeFileSync(join(tensorflow, 'python', 'platform', 'build_info.py'), gpuBuild);
  const candidate = packageWith(folder, 'tfjs-node-gpu', join(tensorflow, 'libtensorflow_cc.so.2'));
  assert.deepEqual(wantedCuda(candidate), { kind: 'cuda', cuda: '12.5.1', cudnn: '9' });
  assert.deepEqual(wheelLibraries(candidate), []);
  const runtime = join(folder, 'site-packages', 'nvidia', 'cuda_runtime', 'lib');
  mkdirSync(runtime, { recursive: true });
  for (const name of ['libcudart.so.12', 'libcudart_static.a', 'libother.so.1']) writeFileSync(join(runtime, name), '');
  assert.deepEqual(wheelLibraries(candidate), [join(runtime, 'libcudart.so.12')]);

  const own = join(folder, 'own');
  mkdirSync(own);
  writeFileSync(join(own, 'libtensorflow.so.2'), '');
  const ofUser = packageWith(join(folder, 'user'), 'tfjs-node-gpu', join(own, 'libtensorflow.so.2'));
  assert.deepEqual(wantedCuda(ofUser), { kind: 'unknown' });
  const stock = wantedCuda(packageWith(join(folder, 'stock'), 'tfjs-node-gpu'));
  assert.deepEqual(
    stock,
    process.platform === 'darwin' ? { kind: 'none' } : { kind: 'cuda', cuda: '11.2', cudnn: '8.1' },
  );
  assert.deepEqual(wantedCuda(packageWith(join(folder, 'stock'), 'tfjs-node')), { kind: 'none' });
});

test('what is missing of CUDA goes by its major version', () => {
  const wanted = { cuda: '12.5.1', cudnn: '9' };
  assert.deepEqual(missingCuda(wanted, []), ['libcudart.so.12', 'libcublas.so.12', 'libcudnn.so.9']);
  const found = ['/usr/lib/libcudart.so.12.5.82', 'libcublas.so.12', '/x/libcudnn.so.8'];
  assert.deepEqual(missingCuda(wanted, found), ['libcudnn.so.9']);
  assert.deepEqual(
    missingCuda({ cuda: '11.2', cudnn: '8.1' }, ['libcudart.so.11.0', 'libcublas.so.11', 'libcudnn.so.8']),
    [],
  );
});

test('doctor says what is wanted, what is found and the one thing to do', () => {
  const wanted = { kind: 'cuda', cuda: '12.5.1', cudnn: '9' } as const;
  const card = { devices: ['NVIDIA L4 (23034 MiB)'] };
  const all = ['libcudart.so.12', 'libcublas.so.12', 'libcudnn.so.9'];
  assert.deepEqual(cudaVerdict(wanted, card, true, all), { sentence: 'wants CUDA 12.5.1 and cuDNN 9 (found)' });
  const without = cudaVerdict(wanted, card, false, ['libcudart.so.12', 'libcublas.so.12']);
  assert.match(without.sentence, /\(libcudnn\.so\.9 not found\)/);
  assert.match(without.action!, /NVIDIA L4.*install CUDA 12\.5\.1 and cuDNN 9.*LD_LIBRARY_PATH.*and-cuda/);
  assert.match(cudaVerdict(wanted, card, false, all).action!, /driver new enough for CUDA 12\.5\.1/);
  assert.deepEqual(cudaVerdict({ kind: 'none' }, { devices: [] }, false, []), { sentence: 'built without CUDA' });
  assert.match(cudaVerdict({ kind: 'none' }, card, false, all).action!, /tensorflow\[and-cuda\]/);
  assert.match(cudaVerdict(wanted, { devices: [] }, false, []).sentence, /no NVIDIA driver answers/);
  assert.match(cudaVerdict({ kind: 'unknown' }, card, false, []).action!, /ask its maker/);
});
