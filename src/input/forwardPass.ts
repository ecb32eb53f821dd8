import { throwIfStopped } from '../protocol/errors';
import { heedRequests } from '../run/heedRequests';
import type { RowSource } from './rows';

export interface ForwardPassOptions {
  signal?: AbortSignal;
  /** Called after every batch. */
  onProgress?: (done: number, total: number) => void;
  /** Rows of one batch; default: what the engine is fast with. */
  batchSize?: number;
}

/**
 * Goes through the first `total` rows in batches: while one batch is computed, the next is read. `compute` is called in
 * order, one batch at a time, with rows that it may use until it resolves.
 * @throws StoppedError between batches once the signal is aborted
 */
export async function forEachBatch(
  source: Pick<RowSource, 'rowLength' | 'read'>,
  total: number,
  compute: (rows: Float32Array, start: number, count: number) => Promise<void>,
  options: ForwardPassOptions & { batchSize: number },
): Promise<void> {
  const { rowLength } = source;
  const batchSize = Math.max(1, options.batchSize);
  const buffers = [0, 1].map(() => new Float32Array(Math.min(batchSize, total) * rowLength));
  const begin = (batch: number): Promise<Float32Array> | undefined => {
    const start = batch * batchSize;
    if (start >= total) return undefined;
    const count = Math.min(batchSize, total - start);
    const out = buffers[batch % 2]!.subarray(0, count * rowLength);
    const indices = Uint32Array.from({ length: count }, (_, index) => start + index);
    const read = source.read(indices, out).then(() => out);
    // Awaited one batch later; a failure before that is told then.
    read.catch(() => undefined);
    return read;
  };
  let next = begin(0);
  for (let batch = 0; next !== undefined; batch++) {
    const rows = await next;
    await heedRequests();
    throwIfStopped(options.signal);
    next = begin(batch + 1);
    const start = batch * batchSize;
    const count = Math.min(batchSize, total - start);
    await compute(rows, start, count);
    options.onProgress?.(start + count, total);
  }
}
