import { backend_util } from '@tensorflow/tfjs-core';
import type { ConvInfo } from './patches';

type Size4 = [number, number, number, number];

/** The attributes of a two-dimensional convolution and of its gradients, NHWC, not dilated. */
export interface ConvAttributes {
  strides: number | [number, number];
  pad: 'same' | 'valid' | number;
  dimRoundingMode: 'floor' | 'round' | 'ceil' | undefined;
}

/** @param inputShape [n, H, W, in] @param filterShape [kh, kw, in, out] */
export function convInfo(
  inputShape: number[],
  filterShape: number[],
  { strides, pad, dimRoundingMode }: ConvAttributes,
): ConvInfo {
  return backend_util.computeConv2DInfo(inputShape as Size4, filterShape as Size4, strides, 1, pad, dimRoundingMode);
}

/** Each output pixel sees the one input pixel of its place: patches are the images themselves. */
export function isPointwise(info: ConvInfo): boolean {
  const { filterHeight, filterWidth, strideHeight, strideWidth } = info;
  return filterHeight === 1 && filterWidth === 1 && strideHeight === 1 && strideWidth === 1;
}
