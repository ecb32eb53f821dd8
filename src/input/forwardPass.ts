import { throwIfStopped } from '../protocol/errors';
import { heedRequests } from '../run/heedRequests';

export interface ForwardPassOptions {
  signal?: AbortSignal;
  /** Called after every batch. */
  onProgress?: (done: number, total: number) => void;
  /** Items of one batch; default: what the engine is fast with. */
  batchSize?: number;
}

/**
 * Goes through `total` items in batches: while one batch is computed, the next is prepared (images are decoded on the
 * threads of the system's pool). `compute` is called in order, one batch at a time.
 * @param rowLength values of one item's input
 * @throws StoppedError between batches once the signal is aborted
 */
export async function forEachBatch(
  total: number,
  rowLength: number,
  prepare: (start: number, count: number, out: Float32Array) => Promise<void>,
  compute: (input: Float32Array, start: number, count: number) => Promise<void>,
  options: ForwardPassOptions & { batchSize: number },
): Promise<void> {
  const batchSize = Math.max(1, options.batchSize);
  const buffers = [0, 1].map(() => new Float32Array(Math.min(batchSize, total) * rowLength));
  const begin = (batch: number): Promise<Float32Array> | undefined => {
    const start = batch * batchSize;
    if (start >= total) return undefined;
    const count = Math.min(batchSize, total - start);
    const out = buffers[batch % 2]!.subarray(0, count * rowLength);
    const prepared = prepare(start, count, out).then(() => out);
    // Awaited one batch later; a failure before that is told then.
    prepared.catch(() => undefined);
    return prepared;
  };
  let next = begin(0);
  for (let batch = 0; next !== undefined; batch++) {
    const input = await next;
    await heedRequests();
    throwIfStopped(options.signal);
    next = begin(batch + 1);
    const start = batch * batchSize;
    const count = Math.min(batchSize, total - start);
    await compute(input, start, count);
    options.onProgress?.(start + count, total);
  }
}
