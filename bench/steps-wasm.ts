// npm run bench -- steps-wasm: training steps on the embedded engine, with the threads of this machine
// (FACENET_WASM_THREADS=N: with so many).
import { openWasmThreads } from '../src/engine/wasm/openWasm';
import { threadsHere } from '../src/engine/wasm/threads/threadsHere';
import type { Measurement } from './measurement';
import { trainingRates } from './subjects/trainingRates';

export async function run(): Promise<Measurement[]> {
  const threads = threadsHere();
  return trainingRates(await openWasmThreads(threads), `wasm, ${threads} thread${threads === 1 ? '' : 's'}`, 8);
}
