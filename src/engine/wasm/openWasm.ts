import * as tf from '@tensorflow/tfjs-core';
// The core package leaves the gradients of its operations to be asked for.
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { sep } from 'node:path';
import { UserError } from '../../protocol/errors';
import { distFile } from '../installation';
import { registerConvolutionGradients } from './convolutionGradients';
import { reportFailedAllocations, type WasmAllocator } from './failedAllocations';
import { registerIdentity } from './identity';
import { registerMatrixProduct } from './matrixProduct';
import { registerReductions } from './reductions';
import { registerDividedKernels } from './threads/dividedKernels';
import { KernelThreads } from './threads/kernelThreads';

let opened: Promise<typeof tf> | undefined;

async function open(): Promise<typeof tf> {
  setWasmPaths(distFile('wasm') + sep);
  const ready = await tf.setBackend('wasm').catch((error: unknown) => {
    throw new UserError(
      `The embedded WebAssembly engine does not start: ${(error as Error).message ?? String(error)}`,
      `Reinstall the workbench: the folder ${distFile('wasm')} may be incomplete.`,
      { cause: error },
    );
  });
  if (!ready) {
    throw new UserError(
      'The embedded WebAssembly engine does not start.',
      `Is the folder ${distFile('wasm')} complete?`,
    );
  }
  reportFailedAllocations((tf.backend() as unknown as { wasm: WasmAllocator }).wasm);
  registerMatrixProduct();
  registerConvolutionGradients();
  registerReductions();
  registerIdentity();
  return tf;
}

/** TensorFlow.js on the WebAssembly backend (SIMD), with the kernels that training needs, in one thread. Opened once. */
export function openWasm(): Promise<typeof tf> {
  opened ??= open();
  return opened;
}

let divided: Promise<typeof tf> | undefined;

/** The same with its convolutions divided among so many threads, from now on. What comes out has the same digits. */
export function openWasmThreads(count: number): Promise<typeof tf> {
  divided ??= openWasm().then((engine) => {
    if (count > 1) registerDividedKernels(new KernelThreads(count));
    return engine;
  });
  return divided;
}
