import type { KernelConfig, TensorInfo } from '@tensorflow/tfjs-core';
import { view, type WasmBackend } from '../backend';
import type { ConvInfo } from '../patches';
import type { Part } from './kernelThreads';

export type Inputs = Readonly<Record<string, TensorInfo>>;

/** A kernel's call that is divided, and the kernel that computes a part of it. */
export interface DividedCall {
  readonly backend: WasmBackend;
  readonly kernel: KernelConfig;
  readonly inputs: Inputs;
  readonly attrs: Part['attrs'];
  readonly info: ConvInfo;
}

/** Computes a part on this thread. @throws OutOfMemoryError, with nothing left on the heap */
export function computeHere({ backend, kernel }: DividedCall, part: Part): void {
  const held: TensorInfo[] = [];
  const make = (shape: number[]): TensorInfo => {
    const tensor = backend.makeOutput(shape, 'float32');
    held.push(tensor);
    return tensor;
  };
  try {
    const inputs = Object.fromEntries(Object.entries(part.shapes).map(([name, shape]) => [name, make(shape)]));
    // Views are taken when all is allocated, which may move the heap.
    for (const [name, input] of Object.entries(inputs)) part.write(name, view(backend, input));
    const output = kernel.kernelFunc({ inputs, backend, attrs: part.attrs }) as TensorInfo;
    held.push(output);
    part.take(view(backend, output));
  } finally {
    for (const { dataId } of held) backend.disposeData(dataId);
  }
}

/** `total` in `parts` runs, as alike as can be; none is empty. */
export function runsOf(total: number, parts: number, start = 0): { start: number; count: number }[] {
  const runs = [];
  for (let left = total; left > 0;) {
    const count = Math.ceil(left / (parts - runs.length));
    runs.push({ start: start + total - left, count });
    left -= count;
  }
  return runs;
}
