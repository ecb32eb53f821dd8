import { getKernel, Identity, registerKernel, unregisterKernel, type TensorInfo } from '@tensorflow/tfjs-core';
import type { WasmBackend } from './backend';

/**
 * The shipped Identity copies, and every tensor that a gradient keeps passes through it: a training step would hold its
 * activations twice. This one shares the memory, as the other backends do.
 */
export function registerIdentity(): void {
  const shipped = getKernel(Identity, 'wasm');
  unregisterKernel(Identity, 'wasm');
  registerKernel({
    ...shipped,
    kernelFunc: ({ inputs, backend }) => {
      const { x } = inputs as { x: TensorInfo };
      (backend as WasmBackend).incRef(x.dataId);
      return { dataId: x.dataId, shape: x.shape, dtype: x.dtype };
    },
  });
}
