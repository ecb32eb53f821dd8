import {
  Conv2D,
  Conv2DBackpropFilter,
  Conv2DBackpropInput,
  FusedConv2D,
  getKernel,
  registerKernel,
  unregisterKernel,
} from '@tensorflow/tfjs-core';
import type { WasmBackend } from '../backend';
import { convInfo, type ConvAttributes } from '../convolutionShape';
import type { ConvInfo } from '../patches';
import { divideByChannels } from './divideByChannels';
import { divideByImages } from './divideByImages';
import type { Inputs } from './dividedCall';
import type { KernelThreads } from './kernelThreads';

/** Multiplications below which a call is done sooner than another thread is asked: about half a millisecond. */
const leastWork = 2 ** 23;

interface Attributes extends ConvAttributes {
  dataFormat?: string;
  dilations?: number | number[];
  /** Of the gradients. */
  inputShape?: number[];
  filterShape?: number[];
}

const divisions = {
  [Conv2D]: divideByImages,
  [FusedConv2D]: divideByImages,
  [Conv2DBackpropInput]: divideByImages,
  [Conv2DBackpropFilter]: divideByChannels,
};

/**
 * Convolutions and their gradients, four fifths of a training step, are computed by several threads. Each computes some of
 * the images, or some of the input channels, with the kernels that are registered now, so that the digits are those of one
 * thread.
 */
export function registerDividedKernels(threads: KernelThreads): void {
  for (const [name, divide] of Object.entries(divisions)) {
    const kernel = getKernel(name, 'wasm');
    unregisterKernel(name, 'wasm');
    registerKernel({
      ...kernel,
      kernelFunc: (params) => {
        const inputs = params.inputs as Inputs;
        const info = infoOf(inputs, params.attrs as unknown as Attributes);
        if (info === undefined || workOf(info) < leastWork || threads.ready() === 1) return kernel.kernelFunc(params);
        return divide(threads, { backend: params.backend as WasmBackend, kernel, inputs, attrs: params.attrs, info });
      },
    });
  }
}

/** Undefined for convolutions that no network here has. */
function infoOf({ x, filter }: Inputs, attrs: Attributes): ConvInfo | undefined {
  const { dataFormat = 'NHWC', dilations = 1 } = attrs;
  if (dataFormat !== 'NHWC' || [dilations].flat().some((dilation) => dilation !== 1)) return undefined;
  return convInfo(attrs.inputShape ?? x!.shape, attrs.filterShape ?? filter!.shape, attrs);
}

/** Multiplications of the forward pass; each gradient has as many. */
function workOf({ outShape, filterHeight, filterWidth, inChannels }: ConvInfo): number {
  return outShape.reduce((product, size) => product * size, filterHeight * filterWidth * inChannels);
}
