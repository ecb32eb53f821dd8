import type { KernelConfig } from '@tensorflow/tfjs-core';
import type { MessagePort } from 'node:worker_threads';

type Attributes = Parameters<KernelConfig['kernelFunc']>[0]['attrs'];

/** A tensor of float32 in shared memory. */
export interface SharedTensor {
  readonly shape: number[];
  readonly buffer: SharedArrayBuffer;
  /** In bytes. */
  readonly offset: number;
}

/** One call of a kernel of the WebAssembly backend. */
export interface KernelCall {
  readonly kernel: string;
  readonly inputs: Readonly<Record<string, SharedTensor>>;
  readonly attrs: Attributes;
}

export type KernelAnswer = { readonly output: SharedTensor } | { readonly failure: string };

/** What host and thread count in shared memory (Int32Array): whoever waits, waits for one of these to move. */
export const counters = { isReady: 0, asked: 1, answered: 2, length: 3 };

/** What a thread is started with. */
export interface ThreadData {
  readonly counters: SharedArrayBuffer;
  /** Of a channel of its own: whoever blocks reads from a port, not from events. */
  readonly port: MessagePort;
}

/** The values of a tensor, where they lie. */
export function valuesOf({ shape, buffer, offset }: SharedTensor): Float32Array {
  return new Float32Array(
    buffer,
    offset,
    shape.reduce((product, size) => product * size, 1),
  );
}
