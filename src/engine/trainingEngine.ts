import { UserError, throwIfStopped } from '../protocol/errors';
import type { EnginePreference } from '../protocol/trainConfig';
import type { TensorFlow } from '../network/tensorflow/tensorflow';
import { type Computation, loadNative, type NativeDescription } from './loadNative';
import { findNativeCandidates, type NativeCandidate, type NativePackage } from './nativePackage';
import { probeNative, type ProbeResult } from './probeNative';

export interface TrainingEngine {
  name: NativePackage | 'wasm';
  /** One line for the log and the run's record. */
  description: string;
  tf: TensorFlow;
  /** It computes on a GPU. */
  gpu: boolean;
  /** Why faster engines are not used. */
  notes: string[];
}

/** What `chooseEngine` decided. */
export type EngineChoice =
  | { name: NativePackage; candidate: NativeCandidate; found: NativeDescription; notes: string[] }
  | { name: 'wasm'; notes: string[] };

export interface ProbedCandidate {
  candidate: NativeCandidate;
  result: ProbeResult;
}

/** Every installed TensorFlow package, loaded once in a child process. @throws StoppedError once the signal is aborted */
export async function probeAll(signal?: AbortSignal): Promise<ProbedCandidate[]> {
  const probed: ProbedCandidate[] = [];
  for (const candidate of findNativeCandidates()) {
    throwIfStopped(signal);
    probed.push({ candidate, result: await probeNative(candidate, { signal }) });
  }
  throwIfStopped(signal);
  return probed;
}

/**
 * The engine for a preference. `auto`: a GPU if there is one, else TensorFlow on the CPU, else WebAssembly, each step
 * down with a note. The others are taken at their word.
 * @throws UserError when the engine that is asked for cannot be used.
 */
export function chooseEngine(preference: EnginePreference, probed: readonly ProbedCandidate[]): EngineChoice {
  if (preference === 'wasm') return { name: 'wasm', notes: [] };
  const notes = probed.flatMap(({ candidate, result }) =>
    result.loads ? [] : [`@tensorflow/${candidate.name} in ${candidate.folder} does not load: ${result.reason}`],
  );
  if (probed.length === 0)
    notes.push('TensorFlow is not installed (neither @tensorflow/tfjs-node-gpu nor @tensorflow/tfjs-node).');
  const loading = probed.flatMap(({ candidate, result }) =>
    result.loads ? [{ candidate, found: result.description }] : [],
  );
  const onGpu = loading.find(({ found }) => found.gpu);
  const onCpu = loading.find(({ candidate }) => candidate.name === 'tfjs-node') ?? loading[0];
  if (preference !== 'cpu' && onGpu === undefined && loading.length > 0)
    notes.push('TensorFlow finds no GPU that it can use.');

  const chosen = preference === 'gpu' ? onGpu : preference === 'cpu' ? onCpu : (onGpu ?? loading[0]);
  if (chosen !== undefined) return { name: chosen.candidate.name, ...chosen, notes };
  if (preference === 'auto') return { name: 'wasm', notes };
  throw new UserError(
    `The engine "${preference}" cannot be used. ${notes.join(' ')}`,
    'Run "facenet doctor" to see what is missing, or choose the engine auto or wasm.',
  );
}

/**
 * Opens the engine that trains. Native packages are probed in a child process before they are loaded here.
 * @param computation for graphs and products of a training; TensorFlow hears of it when it is loaded, once in a process
 * @throws UserError when the engine that is asked for cannot be used, StoppedError once the signal is aborted
 */
export async function openTrainingEngine(
  preference: EnginePreference,
  signal?: AbortSignal,
  computation?: Computation,
): Promise<TrainingEngine> {
  const choice = chooseEngine(preference, preference === 'wasm' ? [] : await probeAll(signal));
  if (choice.name === 'wasm') {
    const [{ openWasmThreads }, { threadsHere }] = await Promise.all([
      import('./wasm/openWasm'),
      import('./wasm/threads/threadsHere'),
    ]);
    const threads = threadsHere();
    const description = `WebAssembly with SIMD, ${threads === 1 ? 'one thread' : `${threads} threads`} (embedded)`;
    return { name: 'wasm', description, tf: await openWasmThreads(threads), gpu: false, notes: choice.notes };
  }
  const gpu = choice.found.gpu && preference !== 'cpu';
  const tf = loadNative(choice.candidate, gpu, computation);
  await tf.ready();
  const device = gpu ? 'GPU' : 'CPU';
  const description = `TensorFlow ${choice.found.tensorflow} on the ${device} (@tensorflow/${choice.name})`;
  return { name: choice.name, description, tf, gpu, notes: choice.notes };
}
