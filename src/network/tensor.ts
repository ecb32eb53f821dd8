import { UserError } from '../protocol/errors';

/** A dense float32 array, row-major. Convolution kernels are [height, width, in, out], as TensorFlow stores them. */
export interface Tensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Variables by their full name, e.g. `InceptionResnetV1/Conv2d_1a_3x3/weights`. */
export type Weights = ReadonlyMap<string, Tensor>;

/** Product of the dimensions; 1 for a scalar. */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, dimension) => product * dimension, 1);
}

/** The variable `name` with exactly `shape`; a UserError says which variable of the model is missing or misshapen. */
export function requireWeights(weights: Weights, name: string, shape: readonly number[]): Tensor {
  const tensor = weights.get(name);
  if (tensor === undefined) {
    throw new UserError(`The model has no variable ${name}.`, 'Choose a model of the network that is asked for.');
  }
  if (tensor.shape.length !== shape.length || tensor.shape.some((dimension, axis) => dimension !== shape[axis])) {
    throw new UserError(
      `Variable ${name} has shape [${tensor.shape.join(', ')}], but the network needs [${shape.join(', ')}].`,
      'Choose a model of the network that is asked for, or set its embedding size.',
    );
  }
  return tensor;
}
