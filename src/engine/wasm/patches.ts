import type { backend_util } from '@tensorflow/tfjs-core';

export type ConvInfo = backend_util.Conv2DInfo;

/** Calls `visit` for every run of values that a row of a window shares with its image: both are contiguous in memory. */
function forEachRun(
  info: ConvInfo,
  images: number,
  visit: (image: number, patch: number, length: number) => void,
): void {
  const { inHeight, inWidth, inChannels, outHeight, outWidth, filterHeight, filterWidth, strideHeight, strideWidth } =
    info;
  const { top, left } = info.padInfo;
  const patchRow = filterWidth * inChannels;
  let patch = 0;
  for (let n = 0; n < images; n++) {
    for (let oy = 0; oy < outHeight; oy++) {
      for (let ox = 0; ox < outWidth; ox++) {
        const x = ox * strideWidth - left;
        const first = Math.max(0, -x);
        const length = (Math.min(filterWidth, inWidth - x) - first) * inChannels;
        for (let ky = 0; ky < filterHeight; ky++, patch += patchRow) {
          const y = oy * strideHeight - top + ky;
          if (y < 0 || y >= inHeight || length <= 0) continue;
          visit(((n * inHeight + y) * inWidth + x + first) * inChannels, patch + first * inChannels, length);
        }
      }
    }
  }
}

/**
 * Lays out what each output pixel sees as one row: images [n, H, W, C] → patches [n·oh·ow, kh·kw·C]. Padding is zero.
 */
export function imagesToPatches(info: ConvInfo, images: number, from: Float32Array, patches: Float32Array): void {
  patches.fill(0);
  forEachRun(info, images, (image, patch, length) => {
    // Short runs: a loop is faster than the call of a built-in.
    if (length < 64) for (let i = 0; i < length; i++) patches[patch + i] = from[image + i]!;
    else patches.set(from.subarray(image, image + length), patch);
  });
}

/** The adjoint: adds every patch back to where it came from. `to` must be zero at the start. */
export function patchesToImages(info: ConvInfo, images: number, patches: Float32Array, to: Float32Array): void {
  forEachRun(info, images, (image, patch, length) => {
    for (let i = 0; i < length; i++) to[image + i] = to[image + i]! + patches[patch + i]!;
  });
}
