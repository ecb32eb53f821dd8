import type { TensorInfo } from '@tensorflow/tfjs-core';
import { view } from '../backend';
import { computeHere, runsOf, type DividedCall } from './dividedCall';
import type { KernelThreads, Part } from './kernelThreads';

/** Values (16 MB) of the images, before or after the convolution, that a thread is given at once. */
const valuesAtOnce = 2 ** 22;

/** A convolution, or the gradient of its input: each thread computes some of the images. */
export function divideByImages(threads: KernelThreads, call: DividedCall): TensorInfo {
  const { backend, inputs, info } = call;
  const isGradient = inputs['dy'] !== undefined;
  const divided = isGradient ? 'dy' : 'x';
  const shape = isGradient ? info.inShape : info.outShape;
  const from = { ...inputs[divided]!, perImage: valuesPerImage(inputs[divided]!.shape) };
  const to = { ...backend.makeOutput(shape, 'float32'), perImage: valuesPerImage(shape) };
  const most = Math.max(1, Math.floor(valuesAtOnce / Math.max(from.perImage, to.perImage)));

  const partOf = ({ start, count }: { start: number; count: number }): Part => {
    const partShape = [count, ...from.shape.slice(1)];
    const given = Object.entries(inputs).filter(([, input]) => input !== undefined);
    return {
      kernel: call.kernel.kernelName,
      attrs: { ...call.attrs, ...(isGradient && { inputShape: [count, ...shape.slice(1)] }) },
      shapes: Object.fromEntries(given.map(([name, input]) => [name, name === divided ? partShape : input.shape])),
      write(name, values) {
        const all = view(backend, inputs[name]!);
        values.set(name === divided ? all.subarray(start * from.perImage, (start + count) * from.perImage) : all);
      },
      take: (output) => view(backend, to).set(output, start * to.perImage),
    };
  };
  try {
    for (let start = 0; start < info.batchSize;) {
      const ready = threads.ready();
      const count = Math.min(ready * most, info.batchSize - start);
      threads.run(runsOf(count, ready, start).map(partOf), (part) => computeHere(call, part));
      start += count;
    }
    return { dataId: to.dataId, shape, dtype: 'float32' };
  } catch (error) {
    backend.disposeData(to.dataId);
    throw error;
  }
}

function valuesPerImage(shape: readonly number[]): number {
  return shape.slice(1).reduce((product, size) => product * size, 1);
}
