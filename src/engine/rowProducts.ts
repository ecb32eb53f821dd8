import { encodeModel } from '../network/onnx/schema';

/** Scalar products of many rows with a few. */
export interface RowProducts {
  /** Product of each of the `count` rows with the query, in the order of the rows. */
  run(rows: Float32Array, count: number, query: Float32Array): Promise<Float32Array>;
  dispose(): Promise<void>;
}

/** Each part is one product of its own, which the library gives to its threads; a single one stays on one. */
const parts = 16;

/** ONNX Runtime's product of a matrix and a vector for rows of `dimension` values: exact, and as fast as memory is read. */
export async function openRowProducts(dimension: number): Promise<RowProducts> {
  const ort = await import('onnxruntime-node');
  const model = encodeModel({
    nodes: [{ opType: 'MatMul', input: ['rows', 'query'], output: ['products'], attributes: {} }],
    initializers: [],
    inputs: [
      { name: 'rows', dims: [undefined, undefined, dimension] },
      { name: 'query', dims: [undefined, dimension, undefined] },
    ],
    outputs: [{ name: 'products', dims: [undefined, undefined, undefined] }],
  });
  const session = await ort.InferenceSession.create(model, {
    executionProviders: ['cpu'],
    extra: { session: { intra_op: { allow_spinning: '0' } } },
    logSeverityLevel: 3,
  });
  const multiply = async (rows: Float32Array, split: number, query: Float32Array): Promise<Float32Array> => {
    const each = rows.length / dimension / split;
    const repeated = new Float32Array(split * dimension);
    for (let part = 0; part < split; part++) repeated.set(query, part * dimension);
    const { products } = await session.run({
      rows: new ort.Tensor('float32', rows, [split, each, dimension]),
      query: new ort.Tensor('float32', repeated, [split, dimension, 1]),
    });
    return products!.data as Float32Array;
  };
  return {
    async run(rows, count, query) {
      const result = new Float32Array(count);
      const even = count - (count % parts);
      if (even > 0) result.set(await multiply(rows.subarray(0, even * dimension), parts, query));
      if (even < count) {
        result.set(await multiply(rows.subarray(even * dimension, count * dimension), 1, query), even);
      }
      return result;
    },
    dispose: () => session.release(),
  };
}
