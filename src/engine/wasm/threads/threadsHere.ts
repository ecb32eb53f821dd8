import { availableParallelism } from 'node:os';
import { freeMemory } from '../../freeMemory';

/** More gain little: what is not divided, a fifth of a step, stays. */
const mostThreads = 8;
/** Bytes of free memory for each thread; one takes about 60 MB, and 100 MB more with the largest convolutions. */
const memoryPerThread = 2 ** 30;

/**
 * Threads for the embedded engine on this machine, the one that asks included. `FACENET_WASM_THREADS` in the environment
 * says another number; 1 is none but that one.
 */
export function threadsHere(environment = process.env['FACENET_WASM_THREADS']): number {
  const asked = Number(environment ?? NaN);
  if (Number.isInteger(asked) && asked >= 1) return Math.min(asked, 64);
  return Math.max(1, Math.min(mostThreads, availableParallelism(), Math.floor(freeMemory() / memoryPerThread)));
}
