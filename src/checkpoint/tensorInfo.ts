import type { DataType } from './dataTypes';

/** What a file says about one of its tensors, without its values. */
export interface TensorInfo {
  name: string;
  dtype: DataType;
  shape: number[];
  byteLength: number;
  /** Stage of the network that owns it, where the network is known. */
  stage?: string;
}

/** Values of a tensor to be written; the element type follows from the array's kind. */
export interface WritableTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array | Float64Array | Int32Array | BigInt64Array | Uint8Array;
}
