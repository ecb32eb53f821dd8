import type { backend_util } from '@tensorflow/tfjs-core';

export type ConvInfo = backend_util.Conv2DInfo;

/** Rows of output pixels, counted through all images: row oy of image n is line n · outHeight + oy. */
export interface Lines {
  readonly first: number;
  readonly count: number;
}

/** All lines of so many images. */
export function linesOf(info: ConvInfo, images: number): Lines {
  return { first: 0, count: images * info.outHeight };
}

/** Calls `visit` for every run of values that a row of a window shares with its image: both are contiguous in memory. */
function forEachRun(info: ConvInfo, lines: Lines, visit: (image: number, patch: number, length: number) => void): void {
  const { inHeight, inWidth, inChannels, outHeight, outWidth, filterHeight, filterWidth, strideHeight, strideWidth } =
    info;
  const { top, left } = info.padInfo;
  const patchRow = filterWidth * inChannels;
  let patch = 0;
  for (let line = lines.first; line < lines.first + lines.count; line++) {
    const n = Math.floor(line / outHeight);
    const oy = line % outHeight;
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

/**
 * Lays out what each output pixel of `lines` sees as one row: images [n, H, W, C] → patches [pixels, kh·kw·C]. Padding is
 * zero.
 */
export function imagesToPatches(info: ConvInfo, lines: Lines, from: Float32Array, patches: Float32Array): void {
  patches.fill(0);
  forEachRun(info, lines, (image, patch, length) => {
    // Short runs: a loop is faster than the call of a built-in.
    if (length < 64) for (let i = 0; i < length; i++) patches[patch + i] = from[image + i]!;
    else patches.set(from.subarray(image, image + length), patch);
  });
}

/** The adjoint: adds every patch back to where it came from. `to` must be zero at the start. */
export function patchesToImages(info: ConvInfo, lines: Lines, patches: Float32Array, to: Float32Array): void {
  forEachRun(info, lines, (image, patch, length) => {
    for (let i = 0; i < length; i++) to[image + i] = to[image + i]! + patches[patch + i]!;
  });
}
