import type { ForwardEngine } from '../engine/forwardEngine';
import { forEachBatch, type ForwardPassOptions } from '../input/forwardPass';
import type { RowSource } from '../input/rows';
import type { Network } from '../network/network';
import { shapeBefore } from '../network/stageShape';
import { elementCount, type Weights } from '../network/tensor';

/** Stages of a network with their weights, ready for forward passes. */
export interface NetworkPart {
  /** Values of one row of the result. */
  readonly outputLength: number;
  /**
   * Computes the first `total` rows of `source`; `take` gets each batch of results, which it may use until it resolves.
   * @throws StoppedError once the signal is aborted, and what reading a row throws
   */
  run(
    source: RowSource,
    total: number,
    take: (results: Float32Array, start: number, count: number) => Promise<void> | void,
    options?: ForwardPassOptions,
  ): Promise<void>;
  dispose(): Promise<void>;
}

/**
 * Opens the stages `from` … `to` (excluded); with no stage between, the rows themselves are the result.
 * @param output `embeddings` divides the result by its length per row; default `activation`, the last stage's as it is
 * @throws UserError as `ForwardEngine.open`
 */
export async function openNetworkPart(
  engine: ForwardEngine,
  network: Network,
  weights: Weights,
  options: { from: number; to: number; imageSize: number; output?: 'activation' | 'embeddings' },
): Promise<NetworkPart> {
  const { from, to, imageSize, output } = options;
  const inputShape = shapeBefore(network, from, imageSize);
  const session = await engine.open(network, weights, { from, to, inputShape, output });
  return {
    outputLength: elementCount(shapeBefore(network, to, imageSize)),
    async run(source, total, take, passOptions = {}) {
      const compute = async (rows: Float32Array, start: number, count: number): Promise<void> => {
        const [result] = await session.run(rows, [count, ...inputShape]);
        await take(result!.data, start, count);
      };
      await forEachBatch(source, total, compute, { batchSize: engine.batchSize, ...passOptions });
    },
    dispose: () => session.dispose(),
  };
}
