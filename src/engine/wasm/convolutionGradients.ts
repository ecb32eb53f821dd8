import {
  Conv2DBackpropFilter,
  Conv2DBackpropInput,
  getKernel,
  registerKernel,
  unregisterKernel,
  type KernelFunc,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { reshaped, runKernel, view, type WasmBackend } from './backend';
import { convInfo, isPointwise, type ConvAttributes } from './convolutionShape';
import { filterGradient } from './filterGradient';
import { product, transposeMatrix } from './matrixProduct';
import { linesOf, patchesToImages, type ConvInfo } from './patches';

/** Patches of this many values (64 MB) are made at once, so that large batches fit the 4 GB heap. */
const patchLimit = 2 ** 24;

/** How many images' patches are made at once. */
function imagesAtOnce(info: ConvInfo): number {
  const perImage = info.outHeight * info.outWidth * info.filterHeight * info.filterWidth * info.inChannels;
  return Math.max(1, Math.min(info.batchSize, Math.floor(patchLimit / perImage)));
}

/** Copies images `start` … `start + count` of a tensor whose first axis counts images. */
function sliceImages(backend: WasmBackend, x: TensorInfo, start: number, count: number, shape: number[]): TensorInfo {
  const out = backend.makeOutput(shape, 'float32');
  const perImage = x.shape.slice(1).reduce((product, size) => product * size, 1);
  view(backend, out).set(view(backend, x).subarray(start * perImage, (start + count) * perImage));
  return out;
}

/** dL/dx for stride 1: the forward convolution of dy with the kernel turned by 180° and its channels exchanged. */
function inputGradientByConvolution(
  backend: WasmBackend,
  dy: TensorInfo,
  filter: TensorInfo,
  info: ConvInfo,
): TensorInfo {
  const { filterHeight, filterWidth, inChannels, outChannels, padInfo } = info;
  const turned = backend.makeOutput([filterHeight, filterWidth, outChannels, inChannels], 'float32');
  const from = view(backend, filter);
  const to = view(backend, turned);
  const taps = filterHeight * filterWidth;
  const perTap = inChannels * outChannels;
  for (let tap = 0; tap < taps; tap++) {
    const source = (taps - 1 - tap) * perTap;
    for (let output = 0; output < outChannels; output++) {
      const row = tap * perTap + output * inChannels;
      for (let input = 0; input < inChannels; input++) to[row + input] = from[source + input * outChannels + output]!;
    }
  }
  const top = filterHeight - 1 - padInfo.top;
  const left = filterWidth - 1 - padInfo.left;
  const pad = [
    [0, 0],
    [top, info.inHeight + filterHeight - 1 - info.outHeight - top],
    [left, info.inWidth + filterWidth - 1 - info.outWidth - left],
    [0, 0],
  ];
  const out = runKernel(
    backend,
    'Conv2D',
    { x: dy, filter: turned },
    {
      strides: [1, 1],
      pad,
      dataFormat: 'NHWC',
      dilations: [1, 1],
      dimRoundingMode: undefined,
    },
  );
  backend.disposeData(turned.dataId);
  return out;
}

/** dL/dx for any stride: the patches' gradient dy · Wᵀ, added back to the image. */
function inputGradientByPatches(backend: WasmBackend, dy: TensorInfo, filter: TensorInfo, info: ConvInfo): TensorInfo {
  const { batchSize, outHeight, outWidth, outChannels, filterHeight, filterWidth, inChannels } = info;
  const width = filterHeight * filterWidth * inChannels;
  const filterTransposed = transposeMatrix(backend, reshaped(filter, [width, outChannels]));
  if (isPointwise(info)) {
    const out = product(backend, reshaped(dy, [batchSize * outHeight * outWidth, outChannels]), filterTransposed);
    backend.disposeData(filterTransposed.dataId);
    return reshaped(out, info.inShape);
  }
  const out = backend.makeOutput(info.inShape, 'float32');
  view(backend, out).fill(0);
  const perImage = info.inHeight * info.inWidth * inChannels;
  const step = imagesAtOnce(info);
  for (let start = 0; start < batchSize; start += step) {
    const count = Math.min(step, batchSize - start);
    const dyPart = sliceImages(backend, dy, start, count, [count * outHeight * outWidth, outChannels]);
    const patches = product(backend, dyPart, filterTransposed);
    patchesToImages(info, linesOf(info, count), view(backend, patches), view(backend, out).subarray(start * perImage));
    backend.disposeData(dyPart.dataId);
    backend.disposeData(patches.dataId);
  }
  backend.disposeData(filterTransposed.dataId);
  return out;
}

/**
 * Registers the filter's gradient, which the backend lacks, and replaces the input's gradient, which it has as scalar
 * loops, by matrix products and convolutions.
 */
export function registerConvolutionGradients(): void {
  const filterKernel: KernelFunc = ({ inputs, backend, attrs }) => {
    const { x, dy } = inputs as { x: TensorInfo; dy: TensorInfo };
    const attributes = attrs as unknown as ConvAttributes & { filterShape: number[] };
    return filterGradient(backend as WasmBackend, x, dy, convInfo(x.shape, attributes.filterShape, attributes));
  };
  registerKernel({ kernelName: Conv2DBackpropFilter, backendName: 'wasm', kernelFunc: filterKernel });

  const shipped = getKernel(Conv2DBackpropInput, 'wasm');
  const inputKernel: KernelFunc = ({ inputs, backend, attrs }) => {
    const { dy, filter } = inputs as { dy: TensorInfo; filter: TensorInfo };
    const attributes = attrs as unknown as ConvAttributes & { inputShape: number[] };
    const info = convInfo(attributes.inputShape, filter.shape, attributes);
    const unit = info.strideHeight === 1 && info.strideWidth === 1;
    const gradient = unit && !isPointwise(info) ? inputGradientByConvolution : inputGradientByPatches;
    return gradient(backend as WasmBackend, dy, filter, info);
  };
  unregisterKernel(Conv2DBackpropInput, 'wasm');
  registerKernel({ ...shipped, kernelFunc: inputKernel });
}
