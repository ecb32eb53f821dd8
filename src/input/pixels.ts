import { standardOf, standardize } from '../image/standardize';
import type { Standardization } from '../protocol/recipe';

/**
 * Rows of a batch one after another: values, or of networks that are trained from their first stage on the images' pixels, a
 * byte each. Those are a quarter as large, and are standardised where they are needed.
 */
export type BatchRows = Float32Array | Uint8Array;

/** Network input of images [N, …] of which each has `length` pixels' bytes. */
export function standardizeEach(pixels: Uint8Array, length: number, kind: Standardization): Float32Array {
  const out = new Float32Array(pixels.length);
  for (let start = 0; start < pixels.length; start += length)
    standardize({ data: pixels.subarray(start, start + length) }, kind, out, start);
  return out;
}

/** What is taken from R, G and B of each such image, and what the rest is multiplied with, [N, 4]. */
export function standardsOf(pixels: Uint8Array, length: number, kind: Standardization): Float32Array {
  const standards: number[] = [];
  for (let start = 0; start < pixels.length; start += length) {
    const { centre, scale } = standardOf(pixels.subarray(start, start + length), kind);
    standards.push(...centre, scale);
  }
  return Float32Array.from(standards);
}
