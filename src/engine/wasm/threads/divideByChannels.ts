import type { TensorInfo } from '@tensorflow/tfjs-core';
import { view } from '../backend';
import { imageGroups, type Images } from '../filterGradient';
import { addInto } from '../matrixProduct';
import { computeHere, runsOf, type DividedCall } from './dividedCall';
import type { KernelThreads, Part } from './kernelThreads';

/**
 * The gradient of a filter: each thread computes it for some of the input channels, for which it adds up the same pixels in
 * the same order.
 */
export function divideByChannels(threads: KernelThreads, call: DividedCall): TensorInfo {
  const { backend, info } = call;
  const shape = [info.filterHeight, info.filterWidth, info.inChannels, info.outChannels];
  const groups = [...imageGroups(info)];
  const made: TensorInfo[] = [];
  const make = (): TensorInfo => {
    const tensor = backend.makeOutput(shape, 'float32');
    made.push(tensor);
    return tensor;
  };
  try {
    const [sum, group] = [make(), groups.length > 1 ? make() : undefined];
    for (const [index, images] of groups.entries()) {
      const whole = index === 0 ? sum : group!;
      const channels = runsOf(info.inChannels, Math.min(threads.ready(), info.inChannels));
      const parts = channels.map((some) => partOf(call, images, some, whole));
      threads.run(parts, (part) => computeHere(call, part));
      if (index > 0) addInto(backend, sum, whole);
    }
    if (group !== undefined) backend.disposeData(group.dataId);
    return sum;
  } catch (error) {
    for (const { dataId } of made) backend.disposeData(dataId);
    throw error;
  }
}

function partOf(
  { backend, kernel, inputs, attrs, info }: DividedCall,
  images: Images,
  channels: { start: number; count: number },
  whole: TensorInfo,
): Part {
  const { filterHeight, filterWidth, inHeight, inWidth, inChannels, outChannels } = info;
  const [x, dy] = [inputs['x']!, inputs['dy']!];
  const pixelsPerImage = inHeight * inWidth;
  const errorsPerImage = info.outHeight * info.outWidth * outChannels;
  return {
    kernel: kernel.kernelName,
    attrs: { ...attrs, filterShape: [filterHeight, filterWidth, channels.count, outChannels] },
    shapes: {
      x: [images.count, inHeight, inWidth, channels.count],
      dy: [images.count, ...dy.shape.slice(1)],
    },
    write(name, values) {
      const end = images.start + images.count;
      if (name === 'dy') {
        values.set(view(backend, dy).subarray(images.start * errorsPerImage, end * errorsPerImage));
        return;
      }
      const from = view(backend, x);
      for (let pixel = images.start * pixelsPerImage, next = 0; pixel < end * pixelsPerImage; pixel++) {
        const first = pixel * inChannels + channels.start;
        for (let channel = 0; channel < channels.count; channel++) values[next++] = from[first + channel]!;
      }
    },
    take(output) {
      const run = channels.count * outChannels;
      const to = view(backend, whole);
      for (let tap = 0; tap < filterHeight * filterWidth; tap++)
        to.set(output.subarray(tap * run, (tap + 1) * run), (tap * inChannels + channels.start) * outChannels);
    },
  };
}
