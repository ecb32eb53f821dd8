/** TensorFlow's padding rules: `same` gives ceil(n/stride) outputs, the smaller half of the padding first (spec §4.1). */
export type Padding = 'same' | 'valid';

/** [height, width] or one number for both. */
export type Extent = number | readonly [height: number, width: number];

/** Size of one example without the batch: [H, W, C] for images, [C] for vectors; undefined where only known when run. */
export type Shape = readonly (number | undefined)[];

export interface WindowOptions {
  /** Default 1 for convolutions, the kernel for pools. */
  stride?: Extent;
  /** Default `same` for convolutions, `valid` for pools. */
  padding?: Padding;
}

export interface ConvOptions extends WindowOptions {
  /** Adds a variable `biases`. Default false. */
  biases?: boolean;
}

export interface BatchNormOptions {
  /** Adds a variable `gamma`. Default false, as in the reference. */
  scale?: boolean;
  /** Default 0.001. */
  epsilon?: number;
}

/**
 * The vocabulary in which every network is written, once. `T` is a batch of values: shapes for `describe`, tensors for
 * training, graph nodes for ONNX. Layout as TensorFlow's: [N, H, W, C], row-major. An operation with a `name` owns
 * variables `<scopes>/<name>/<role>`.
 */
export interface Ops<T> {
  /** Names of all variables made in `build` start with `name/`. */
  scope<R>(name: string, build: () => R): R;
  shape(x: T): Shape;

  /** Cross-correlation with `weights` [kh, kw, in, filters]; no normalisation, no activation. */
  conv2d(x: T, filters: number, kernel: Extent, name: string, options?: ConvOptions): T;
  /** One kernel per channel: `depthwise_weights` [kh, kw, C, 1]. */
  depthwiseConv2d(x: T, kernel: Extent, name: string, options?: ConvOptions): T;
  /** x · `weights` [in, units] (+ `biases`); x must be [N, in]. */
  fullyConnected(x: T, units: number, name: string, options?: { biases?: boolean }): T;
  /**
   * Cosine of each row of x [N, in] with each of `units` directions, the columns of `weights` [in, units]. With K > 1
   * `centers` a unit has K directions, `weights` [in, units, K], and the nearest counts. Lengths are at least 1e-5.
   */
  cosines(x: T, units: number, name: string, options?: { centers?: number }): T;
  /** `beta`, `moving_mean`, `moving_variance` (and `gamma`) over the last axis; spec §4.1. */
  batchNorm(x: T, name: string, options?: BatchNormOptions): T;
  /** x · `scale` + `biases` over the last axis: a batch norm whose statistics were folded in (dlib). */
  affine(x: T, name: string): T;

  relu(x: T): T;
  /** min(max(x, 0), 6). */
  relu6(x: T): T;
  /** max(x, slope · x) for 0 ≤ slope < 1. */
  leakyRelu(x: T, slope: number): T;
  /** max(x, 0) − α·max(−x, 0), one `alpha` per channel. */
  prelu(x: T, name: string): T;
  sigmoid(x: T): T;
  /** Over the last axis, with the maximum subtracted. */
  softmax(x: T): T;

  maxPool(x: T, kernel: Extent, options?: WindowOptions): T;
  /** Windows at the edge of `same` padding divide by the number of real pixels. */
  averagePool(x: T, kernel: Extent, options?: WindowOptions): T;
  /** Mean over H and W: [N, H, W, C] → [N, C]. */
  globalAveragePool(x: T): T;

  /** Joins along `axis` of the shape without the batch; default the last. */
  concat(parts: readonly T[], axis?: number): T;
  add(a: T, b: T): T;
  /** x + factor · y. */
  addScaled(x: T, y: T, factor: number): T;
  /** Zeros after the last row, column and channel. */
  zeroPad(x: T, after: { height?: number; width?: number; channels?: number }): T;
  /** [N, H, W, C] → [N, H·W·C], row-major. */
  flatten(x: T): T;
  /** Row-major; one entry of `shape` (without the batch) may be −1. */
  reshape(x: T, shape: readonly number[]): T;
  /** Keeps each value with the training's keep probability and divides by it; identity otherwise. */
  dropout(x: T): T;
  /** x / sqrt(max(Σx², 1e-10)) per row: the embedding of prelogits (spec §4.3). */
  l2Normalize(x: T): T;

  /** Marks `x` as a result of a chain with several heads; results come in the order in which they were marked. */
  output(name: string, x: T): T;
}

/** A named step of a network; freezing, caching and exporting cut between stages. Variable names carry the root scope. */
export interface Stage {
  readonly name: string;
  build<T>(o: Ops<T>, x: T): T;
}

/** Stages one after another on images of `inputChannels` channels. */
export interface Chain {
  readonly stages: readonly Stage[];
  readonly inputChannels: number;
}

export function extent(size: Extent): readonly [height: number, width: number] {
  return typeof size === 'number' ? [size, size] : size;
}

/** Outputs along one axis of a window of `kernel` moved by `stride`; undefined stays undefined. */
export function windowOutput(
  size: number | undefined,
  kernel: number,
  stride: number,
  padding: Padding,
): number | undefined {
  if (size === undefined) return undefined;
  return padding === 'same' ? Math.ceil(size / stride) : Math.floor((size - kernel) / stride) + 1;
}

/** Zeros before and after one axis for `same` padding. */
export function samePadding(size: number, kernel: number, stride: number): [before: number, after: number] {
  const total = Math.max((Math.ceil(size / stride) - 1) * stride + kernel - size, 0);
  return [Math.floor(total / 2), total - Math.floor(total / 2)];
}
