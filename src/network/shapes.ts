import { extent, windowOutput, type Extent, type Padding, type Shape, type WindowOptions } from './ops';

/** How a window operation moves over an image, with the defaults filled in. */
export interface Window {
  kernel: readonly [height: number, width: number];
  stride: readonly [height: number, width: number];
  padding: Padding;
}

export function convWindow(kernel: Extent, options: WindowOptions = {}): Window {
  return { kernel: extent(kernel), stride: extent(options.stride ?? 1), padding: options.padding ?? 'same' };
}

export function poolWindow(kernel: Extent, options: WindowOptions = {}): Window {
  return { kernel: extent(kernel), stride: extent(options.stride ?? kernel), padding: options.padding ?? 'valid' };
}

/** The number of channels (last axis), which must be known when a network is built. */
export function channelsOf(shape: Shape): number {
  const channels = shape.at(-1);
  if (channels === undefined) throw new Error(`the number of channels of [${shape.join(', ')}] must be known`);
  return channels;
}

/** Shape of the weights that hold `centers` directions for each unit. */
export function directionsShape(channels: number, units: number, centers: number): number[] {
  return centers === 1 ? [channels, units] : [channels, units, centers];
}

/** [H, W, C] → [H', W', channels]. */
export function windowShape(shape: Shape, window: Window, channels: number): Shape {
  if (shape.length !== 3) throw new Error(`a window operation needs an image [H, W, C], not [${shape.join(', ')}]`);
  const spatial = [0, 1].map((axis) => {
    const size = windowOutput(shape[axis], window.kernel[axis]!, window.stride[axis]!, window.padding);
    if (size !== undefined && size < 1) {
      throw new RangeError(
        `an image of ${shape[0]}×${shape[1]} is too small for a window of ${window.kernel.join('×')}`,
      );
    }
    return size;
  });
  return [...spatial, channels];
}

export function concatShape(shapes: readonly Shape[], axis: number): Shape {
  const sizes = shapes.map((shape) => shape[axis]);
  const joined = sizes.every((size) => size !== undefined) ? sizes.reduce((sum, size) => sum + size, 0) : undefined;
  return shapes[0]!.map((size, index) => (index === axis ? joined : size));
}

/** `shape` with its one −1 replaced by what is left of `from`; undefined where `from` is not known. */
export function reshaped(from: Shape, shape: readonly number[]): Shape {
  const known = from.every((size) => size !== undefined);
  const total = known ? from.reduce((product, size) => product * size, 1) : undefined;
  const given = shape.filter((size) => size !== -1).reduce((product, size) => product * size, 1);
  if (total !== undefined && (shape.includes(-1) ? total % given !== 0 : total !== given)) {
    throw new Error(`cannot reshape [${from.join(', ')}] to [${shape.join(', ')}]`);
  }
  return shape.map((size) => (size !== -1 ? size : total === undefined ? undefined : total / given));
}

/** Shape after zeros are added behind rows, columns and channels. */
export function paddedShape(shape: Shape, after: { height?: number; width?: number; channels?: number }): Shape {
  const extra = [after.height ?? 0, after.width ?? 0, after.channels ?? 0];
  return shape.map((size, axis) => (size === undefined ? undefined : size + extra[axis]!));
}
