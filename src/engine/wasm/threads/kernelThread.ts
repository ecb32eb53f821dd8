// A thread that computes kernels for another one (kernelThreads.ts), in a WebAssembly memory of its own. It waits in
// Atomics.wait, not in the event loop: its host asks from within a kernel, where no event is heard.
import { getKernel, type TensorInfo } from '@tensorflow/tfjs-core';
import { receiveMessageOnPort, workerData } from 'node:worker_threads';
import { view, type WasmBackend } from '../backend';
import { openWasm } from '../openWasm';
import { counters, valuesOf, type KernelAnswer, type KernelCall, type SharedTensor, type ThreadData } from './messages';
import { SharedMemory } from './sharedMemory';

const memory = new SharedMemory();

function compute(backend: WasmBackend, { kernel, inputs, attrs }: KernelCall): SharedTensor {
  const held: TensorInfo[] = [];
  try {
    const given = Object.entries(inputs).map(([name, tensor]) => {
      const input = backend.makeOutput(tensor.shape, 'float32');
      held.push(input);
      view(backend, input).set(valuesOf(tensor));
      return [name, input] as const;
    });
    const { kernelFunc } = getKernel(kernel, 'wasm');
    const result = kernelFunc({ inputs: Object.fromEntries(given), backend, attrs }) as TensorInfo;
    held.push(result);
    const [output] = memory.tensors([result.shape]);
    valuesOf(output!).set(view(backend, result));
    return output!;
  } finally {
    for (const { dataId } of held) backend.disposeData(dataId);
  }
}

async function main(): Promise<void> {
  const { counters: shared, port } = workerData as ThreadData;
  const counts = new Int32Array(shared);
  const tf = await openWasm();
  const backend = tf.backend() as unknown as WasmBackend;
  Atomics.store(counts, counters.isReady, 1);
  for (let asked = 0; ; asked++) {
    Atomics.wait(counts, counters.asked, asked);
    const call = receiveMessageOnPort(port)!.message as KernelCall;
    let answer: KernelAnswer;
    try {
      answer = { output: compute(backend, call) };
    } catch (error) {
      answer = { failure: error instanceof Error ? error.message : String(error) };
    }
    port.postMessage(answer);
    Atomics.add(counts, counters.answered, 1);
    Atomics.notify(counts, counters.answered);
  }
}

void main();
