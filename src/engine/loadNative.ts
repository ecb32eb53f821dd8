import { createRequire } from 'node:module';
import { constants } from 'node:os';
import { join } from 'node:path';
import type { TensorFlow } from '../network/tensorflow/tensorflow';
import { wheelLibraries } from './cuda';
import type { NativeCandidate } from './nativePackage';
import type { Precision } from '../protocol/trainConfig';

/** What the addon says about itself. */
export interface NativeDescription {
  /** Version of TensorFlow's library, e.g. 2.9.1. */
  tensorflow: string;
  gpu: boolean;
}

/**
 * Environment of a process in which TensorFlow is loaded; what the user has set stays. It takes GPU memory as it needs it,
 * so that an editor's or a colleague's program beside it has some too, keeps its notices to itself, and computes in float32
 * throughout: the ten bits of TF32, which newer GPUs would take for products, are not the reference's numbers. On a CPU what
 * a convolution's gradients are computed with is kept from step to step, not prepared again for each (docs/engines.md says what
 * that saves and takes).
 */
export const nativeEnvironment: Readonly<Record<string, string>> = {
  TF_FORCE_GPU_ALLOW_GROWTH: 'true',
  TF_CPP_MIN_LOG_LEVEL: '2',
  NVIDIA_TF32_OVERRIDE: '0',
  TF_MKL_OPTIMIZE_PRIMITIVE_MEMUSE: 'false',
};

/** How products are computed where that is not float32 by TensorFlow's ready kernels. */
export interface Computation {
  precision: Precision;
  /** Whether graphs are compiled. */
  xla: 'off' | 'on';
}

/** What of the environment of a process follows from a training's settings, which stand over what the user has set. */
export function computingEnvironment(
  { precision, xla }: Computation,
  environment: NodeJS.ProcessEnv = process.env,
): Record<string, string> {
  const flags = [environment.TF_XLA_FLAGS ?? '', '--tf_xla_auto_jit=2', '--tf_xla_cpu_global_jit'];
  return {
    ...(precision === 'tf32' && { NVIDIA_TF32_OVERRIDE: '1' }),
    ...(xla === 'on' && { TF_XLA_FLAGS: flags.join(' ').trim() }),
  };
}

/** Restores what tfjs-node takes from `util` and Node 23 removed. Without it its first operation throws. */
export function restoreRemovedUtil(util: Record<string, unknown>): void {
  util.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined;
  util.isArray ??= Array.isArray;
}

/** RTLD_NODELETE of the GNU C library: what is opened stays, although Node finds no addon in it and closes it again. */
const keepLoaded = 0x1000;

/**
 * Flags with which a library is loaded for those that come later: TensorFlow asks for CUDA by name, and what is loaded
 * under that name is found. The loader itself reads LD_LIBRARY_PATH only when a process starts.
 */
export const preloadFlags =
  process.platform === 'linux' ? constants.dlopen.RTLD_LAZY | constants.dlopen.RTLD_GLOBAL | keepLoaded : undefined;

function preload(library: string): void {
  try {
    process.dlopen({ exports: {} }, library, preloadFlags);
  } catch {
    // It is no addon, which Node always says. If it could not be opened, TensorFlow finds no GPU, and the probe said so.
  }
}

/**
 * Loads TensorFlow's addon into this process. A broken one may end the process: probe it in a child first.
 * @param gpu False leaves a GPU to others.
 */
export function loadNative(candidate: NativeCandidate, gpu: boolean, computation?: Computation): TensorFlow {
  if (computation !== undefined) Object.assign(process.env, computingEnvironment(computation));
  for (const [name, value] of Object.entries(nativeEnvironment)) process.env[name] ??= value;
  if (!gpu) process.env.CUDA_VISIBLE_DEVICES = '-1';
  else if (preloadFlags !== undefined) wheelLibraries(candidate).forEach(preload);
  const require = createRequire(join(candidate.folder, 'package.json'));
  restoreRemovedUtil(require('util') as Record<string, unknown>);
  return require(candidate.folder) as TensorFlow;
}
