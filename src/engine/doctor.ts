import { arch, availableParallelism, freemem, platform, release, totalmem } from 'node:os';
import { describeChain } from '../network/describe';
import { exportOnnx } from '../network/onnx/exportOnnx';
import type { Chain } from '../network/ops';
import type { DoctorCheck, DoctorReport, GpuReport } from '../protocol/engines';
import { describeError } from '../protocol/errors';
import { environmentLibraries, missingCuda, wantedCuda, wheelLibraries, type WantedCuda } from './cuda';
import { inspectGpu } from './gpu';
import { openOnnxSession } from './onnx';
import { chooseEngine, probeAll, type ProbedCandidate } from './trainingEngine';

async function check(name: string, action: string, examine: () => Promise<string>): Promise<DoctorCheck> {
  try {
    return { name, status: 'ok', detail: await examine() };
  } catch (error) {
    return { name, status: 'problem', detail: describeError(error).split('\n')[0]!, action };
  }
}

/** One convolution, exported and run: the whole way of a frozen pass. */
async function examineOnnx(): Promise<string> {
  const chain: Chain = {
    inputChannels: 1,
    stages: [{ name: 'sum', build: (o, x) => o.conv2d(x, 1, 2, 'sum', { padding: 'valid' }) }],
  };
  const [weights] = describeChain(chain, [2, 2, 1]).variables;
  const ones = { shape: weights!.shape, data: new Float32Array(4).fill(1) };
  const session = await openOnnxSession(exportOnnx(chain, new Map([[weights!.name, ones]])), { threads: 1 });
  const [sum] = await session.run(Float32Array.of(1, 2, 3, 4), [1, 2, 2, 1]);
  await session.dispose();
  if (sum!.data[0] !== 10) throw new Error(`ONNX Runtime computes 1 + 2 + 3 + 4 = ${sum!.data[0]}`);
  const { env } = await import('onnxruntime-node');
  return `onnxruntime-node ${env.versions.node ?? env.versions.common}, on the CPU`;
}

async function examineWasm(): Promise<string> {
  const [{ openWasm }, { threadsHere }] = await Promise.all([
    import('./wasm/openWasm'),
    import('./wasm/threads/threadsHere'),
  ]);
  const tf = await openWasm();
  const product = tf.tidy(() => tf.matMul([[2]], [[3]]).dataSync()[0]);
  if (product !== 6) throw new Error(`WebAssembly computes 2 · 3 = ${product}`);
  const threads = threadsHere();
  return `tfjs ${tf.version_core} on WebAssembly, ${threads === 1 ? 'one thread' : `${threads} threads`}`;
}

async function examineSharp(): Promise<string> {
  const { default: sharp } = await import('sharp');
  await sharp({ create: { width: 1, height: 1, channels: 3, background: 'white' } })
    .png()
    .toBuffer();
  return `sharp ${sharp.versions.sharp ?? ''} with libvips ${sharp.versions.vips}`;
}

function nativeChecks(probed: readonly ProbedCandidate[], gpu: GpuReport): DoctorCheck[] {
  if (probed.length === 0) {
    const detail = 'not installed; training runs on the embedded engine';
    const action = 'For large models and whole-network training run "facenet engine install".';
    return [{ name: 'TensorFlow', status: 'absent', detail, action }];
  }
  return probed.map(({ candidate, result }): DoctorCheck => {
    const name = `@tensorflow/${candidate.name}`;
    if (!result.loads) {
      const detail = `in ${candidate.folder} does not load: ${result.reason}`;
      return { name, status: 'problem', detail, action: nativeAction(result.reason, candidate.folder) };
    }
    const { tensorflow, gpu: used } = result.description;
    const { sentence, action } = cudaVerdict(wantedCuda(candidate), gpu, used, [
      ...gpu.libraries,
      ...environmentLibraries(),
      ...wheelLibraries(candidate),
    ]);
    const device = used ? 'on the GPU' : 'on the CPU';
    const detail = `TensorFlow ${tensorflow} from ${candidate.source}, ${device}; ${sentence}`;
    return { name, status: 'ok', detail, ...(action === undefined ? {} : { action }) };
  });
}

/**
 * Which CUDA and cuDNN a TensorFlow wants, what is there of them, and the one thing to do.
 * @param found Names or paths of CUDA's libraries that it can load.
 */
export function cudaVerdict(
  wanted: WantedCuda,
  { devices }: Pick<GpuReport, 'devices'>,
  used: boolean,
  found: readonly string[],
): { sentence: string; action?: string } {
  const cards = devices.join(', ');
  if (wanted.kind === 'unknown') {
    const sentence = 'its library does not say which CUDA it was built for';
    if (used || devices.length === 0) return { sentence };
    return { sentence, action: `It does not use the GPU (${cards}): ask its maker which CUDA and cuDNN it needs.` };
  }
  if (wanted.kind === 'none') {
    const sentence = 'built without CUDA';
    if (devices.length === 0) return { sentence };
    const action = `To use the GPU (${cards}): pip install "tensorflow[and-cuda]" in a virtual environment, then "facenet engine install --python PYTHON".`;
    return { sentence, action };
  }
  const missing = missingCuda(wanted, found);
  const cudnn = wanted.cudnn === '' ? '' : ` and cuDNN ${wanted.cudnn}`;
  const there = missing.length === 0 ? 'found' : `${missing.join(', ')} not found`;
  const sentence = `wants CUDA ${wanted.cuda}${cudnn} (${there})`;
  if (used) return { sentence };
  if (devices.length === 0) return { sentence: `${sentence}; no NVIDIA driver answers (nvidia-smi)` };
  if (missing.length === 0) {
    return {
      sentence,
      action: `It does not use the GPU (${cards}) although its libraries are there: is the driver new enough for CUDA ${wanted.cuda}?`,
    };
  }
  const action = `To use the GPU (${cards}) install CUDA ${wanted.cuda}${cudnn}, or put the folder of ${missing[0]} on LD_LIBRARY_PATH; with a TensorFlow of Python: pip install "tensorflow[and-cuda]".`;
  return { sentence, action };
}

/**
 * The one thing to do about a TensorFlow package that does not load.
 * @param folder The package's folder, where it is installed.
 */
export function nativeAction(reason: string, folder?: string): string {
  const remove = folder === undefined ? '' : `, or remove ${folder}`;
  const library = /(lib[\w+-]+\.so[.\d]*|\w+\.dll)/.exec(reason)?.[1];
  if (library?.startsWith('libtensorflow') === true || reason.includes('tfjs_binding.node')) {
    return `The package has no TensorFlow library (its install script was blocked or had no network, or the TensorFlow that it was built against is gone): run "facenet engine install"${remove}.`;
  }
  if (library !== undefined)
    return `Install the package that provides ${library}, or put its folder on LD_LIBRARY_PATH.`;
  if (reason.includes('GLIBC'))
    return 'It was built for a newer Linux: build it against the TensorFlow of your Python with "facenet engine install --python PYTHON".';
  return `Install it anew with "facenet engine install"${remove}.`;
}

/** Looks at everything that the workbench stands on. Loads native packages in child processes only. Never throws. */
export async function doctor(): Promise<DoctorReport> {
  const [gpu, probed, sharp, onnx, wasm] = await Promise.all([
    inspectGpu(),
    probeAll(),
    check('sharp', 'Reinstall the workbench for this platform: its image library is missing.', examineSharp),
    check('ONNX Runtime', 'Reinstall the workbench for this platform (glibc 2.28 or newer on Linux).', examineOnnx),
    check('WebAssembly', 'Reinstall the workbench: files of its embedded engine are missing.', examineWasm),
  ]);
  const choice = chooseEngine('auto', probed);
  const checks = [sharp, onnx, wasm, ...nativeChecks(probed, gpu)];
  const header = (process.report.getReport() as { header: { glibcVersionRuntime?: string } }).header;
  return {
    node: { version: process.version, abi: process.versions.modules, napi: process.versions.napi ?? '' },
    system: {
      platform: `${platform()}-${arch()}`,
      release: release(),
      glibc: header.glibcVersionRuntime,
      processors: availableParallelism(),
      memory: totalmem(),
      freeMemory: freemem(),
    },
    gpu,
    checks,
    training: { engine: choice.name, notes: choice.notes },
    frozen: { engine: choice.name === 'wasm' || !choice.found.gpu ? 'onnxruntime-node' : choice.name },
    healthy: [sharp, onnx].every(({ status }) => status === 'ok') && (choice.name !== 'wasm' || wasm.status === 'ok'),
  };
}
