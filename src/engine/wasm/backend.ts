import type { DataId, DataType, KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';
import { getKernel } from '@tensorflow/tfjs-core';

/** The part of tfjs's WebAssembly backend that kernels of our own use. */
export interface WasmBackend {
  /** Allocates on the WebAssembly heap; views taken before may then point to a detached buffer. */
  makeOutput(shape: readonly number[], dtype: DataType): TensorInfo;
  typedArrayFromHeap(info: TensorInfo): Float32Array;
  disposeData(dataId: DataId): boolean;
  incRef(dataId: DataId): void;
}

/** The float32 values of a tensor on the heap; valid until the next allocation. */
export function view(backend: WasmBackend, info: TensorInfo): Float32Array {
  return backend.typedArrayFromHeap(info);
}

/** Runs a kernel of the backend that gives one tensor. */
export function runKernel(
  backend: WasmBackend,
  name: string,
  inputs: Record<string, TensorInfo>,
  attrs: Record<string, unknown>,
): TensorInfo {
  const kernel = getKernel(name, 'wasm');
  const func: KernelFunc = kernel.kernelFunc;
  return func({ inputs, backend, attrs: attrs as Parameters<KernelFunc>[0]['attrs'] }) as TensorInfo;
}

/** The same data under another shape; shares the memory and must not be disposed. */
export function reshaped(info: TensorInfo, shape: number[]): TensorInfo {
  return { dataId: info.dataId, dtype: info.dtype, shape };
}
