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

/** TensorFlow.js on the WebAssembly backend (one thread, SIMD), with the kernels that training needs. Opened once. */
export function openWasm(): Promise<typeof tf> {
  opened ??= open();
  return opened;
}
