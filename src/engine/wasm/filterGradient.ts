import type { TensorInfo } from '@tensorflow/tfjs-core';
import { reshaped, view, type WasmBackend } from './backend';
import { isPointwise } from './convolutionShape';
import { addInto, product, transposeMatrix, transposeRows } from './matrixProduct';
import { imagesToPatches, type ConvInfo, type Lines } from './patches';

/**
 * Output pixels whose patches are multiplied at once. The backend's product packs one operand whole: over tens of
 * thousands of rows it falls out of the cache and takes twice the time (measured with 128 to 2048: all alike).
 */
const pixelsAtOnce = 1024;

/** Values of dy (16 MB) that are added up before they are added to the others: what a thread is given at once. */
const valuesAtOnce = 2 ** 22;

/** A run of images. */
export interface Images {
  readonly start: number;
  readonly count: number;
}

/** The images in groups, whose sums are added up; how large they are depends on the shape of the output alone. */
export function* imageGroups({ batchSize, outHeight, outWidth, outChannels }: ConvInfo): Generator<Images> {
  const most = Math.max(1, Math.floor(valuesAtOnce / (outHeight * outWidth * outChannels)));
  for (let start = 0; start < batchSize; start += most) yield { start, count: Math.min(most, batchSize - start) };
}

/**
 * dL/dW [kh, kw, in, out] = Σ over output pixels of patch ⊗ dy, computed as (dyᵀ · patches)ᵀ in blocks of pixels. How the
 * pixels are divided depends on the output's size alone, so that a part of the input channels gives the same digits.
 */
export function filterGradient(backend: WasmBackend, x: TensorInfo, dy: TensorInfo, info: ConvInfo): TensorInfo {
  let sum: TensorInfo | undefined;
  for (const images of imageGroups(info)) sum = added(backend, sum, sumOverGroup(backend, x, dy, info, images));
  const gradient = transposeMatrix(backend, sum!);
  backend.disposeData(sum!.dataId);
  return reshaped(gradient, [info.filterHeight, info.filterWidth, info.inChannels, info.outChannels]);
}

/** [out, kh·kw·in] */
function sumOverGroup(backend: WasmBackend, x: TensorInfo, dy: TensorInfo, info: ConvInfo, images: Images): TensorInfo {
  const { outHeight, outWidth, outChannels, filterHeight, filterWidth, inChannels } = info;
  const width = filterHeight * filterWidth * inChannels;
  const end = (images.start + images.count) * outHeight;
  const linesAtOnce = Math.max(1, Math.floor(pixelsAtOnce / outWidth));
  let sum: TensorInfo | undefined;
  for (let first = images.start * outHeight; first < end; first += linesAtOnce) {
    const block = { first, count: Math.min(linesAtOnce, end - first) };
    const pixels = block.count * outWidth;
    const turned = backend.makeOutput([outChannels, pixels], 'float32');
    const start = first * outWidth * outChannels;
    transposeRows(view(backend, dy).subarray(start), view(backend, turned), pixels, outChannels);
    const patches = patchMatrix(backend, x, block, [pixels, width], info);
    const part = product(backend, turned, patches);
    backend.disposeData(turned.dataId);
    backend.disposeData(patches.dataId);
    sum = added(backend, sum, part);
  }
  return sum!;
}

/** What was added up so far and one more, whose memory is taken. */
function added(backend: WasmBackend, sum: TensorInfo | undefined, part: TensorInfo): TensorInfo {
  if (sum === undefined) return part;
  addInto(backend, sum, part);
  backend.disposeData(part.dataId);
  return sum;
}

function patchMatrix(
  backend: WasmBackend,
  x: TensorInfo,
  lines: Lines,
  shape: [number, number],
  info: ConvInfo,
): TensorInfo {
  const patches = backend.makeOutput(shape, 'float32');
  const images = view(backend, x);
  if (isPointwise(info)) {
    const start = lines.first * info.outWidth * info.inChannels;
    view(backend, patches).set(images.subarray(start, start + shape[0] * shape[1]));
  } else imagesToPatches(info, lines, images, view(backend, patches));
  return patches;
}
