import type { ForwardEngine } from '../../engine/forwardEngine';
import type { Network } from '../../network/network';
import { elementCount, type Weights } from '../../network/tensor';
import { forEachBatch, type ForwardPassOptions } from '../../input/forwardPass';
import { inputLength, plainVariant, prepareImage, type InputRecipe } from '../../input/prepareImage';
import { hashFiles, type FrozenActivations, type Look } from './frozenActivations';
import { openFrozenStages, shapeBefore } from './prefix';

/**
 * Evaluates a network in training: of images seen before only the stages from the run's lowest trained one on are
 * computed again, as what comes before stays.
 */
export class CurrentNetwork {
  private readonly contents = new Map<string, string>();

  constructor(
    private readonly engine: ForwardEngine,
    readonly network: Network,
    private readonly recipe: InputRecipe,
    private readonly activations: FrozenActivations,
    /** Lowest trained stage of the run; 0 when nothing is frozen. */
    private readonly base: number,
  ) {}

  /**
   * Prelogits or embeddings (of length 1) of images, [N, E] in their order.
   * `onProgress` tells of what is computed for the first time.
   */
  async forward(
    weights: Weights,
    paths: readonly string[],
    { flipped, output, ...options }: ForwardPassOptions & { flipped: boolean; output: 'activation' | 'embeddings' },
  ): Promise<Float32Array> {
    const { network, base, recipe } = this;
    const end = network.stages.length;
    const dimension = elementCount(shapeBefore(network, end, recipe.imageSize));
    const results = new Float32Array(paths.length * dimension);
    const variant = { ...plainVariant, flip: flipped };
    if (base === 0) {
      const rowLength = inputLength(recipe);
      await this.run(weights, 0, output, paths.length, rowLength, results, options, async (start, count, out) => {
        await Promise.all(
          paths
            .slice(start, start + count)
            .map((path, index) => prepareImage(path, recipe, variant, out, index * rowLength)),
        );
      });
      return results;
    }
    const looks = await this.looks(paths, flipped, options.signal);
    const rows = await this.activations.rows(weights, base, looks, { ...options, memoryLimit: 0 });
    try {
      const read = async (start: number, count: number, out: Float32Array): Promise<void> =>
        rows.read(
          Array.from({ length: count }, (_, index) => start + index),
          out,
        );
      if (base === end) {
        await read(0, paths.length, results);
        if (output === 'embeddings') normalizeRows(results, dimension);
      } else {
        const { signal } = options;
        await this.run(weights, base, output, paths.length, rows.rowLength, results, { signal }, read);
      }
    } finally {
      await rows.close();
    }
    return results;
  }

  /** The plain or mirrored look at each image, with its content's hash. */
  private async looks(paths: readonly string[], flipped: boolean, signal: AbortSignal | undefined): Promise<Look[]> {
    const unknown = paths.filter((path) => !this.contents.has(path));
    (await hashFiles(unknown, signal)).forEach((hash, index) => this.contents.set(unknown[index]!, hash));
    return paths.map((path) => ({
      path,
      content: this.contents.get(path)!,
      label: flipped ? 'plain-flip' : 'plain',
      variant: { ...plainVariant, flip: flipped },
    }));
  }

  private async run(
    weights: Weights,
    from: number,
    output: 'activation' | 'embeddings',
    total: number,
    rowLength: number,
    results: Float32Array,
    options: ForwardPassOptions,
    prepare: (start: number, count: number, out: Float32Array) => Promise<void>,
  ): Promise<void> {
    const { engine, network, recipe } = this;
    const part = { from, to: network.stages.length, imageSize: recipe.imageSize, output };
    const stages = await openFrozenStages(engine, network, weights, part);
    try {
      await forEachBatch(
        total,
        rowLength,
        prepare,
        async (input, start, count) => {
          results.set(await stages.run(input, count), start * stages.outputLength);
        },
        { batchSize: engine.batchSize, ...options },
      );
    } finally {
      await stages.dispose();
    }
  }
}

/** x · rsqrt(max(Σx², 1e-10)) per row, in place (spec §4.3). */
export function normalizeRows(rows: Float32Array, dimension: number): void {
  for (let start = 0; start < rows.length; start += dimension) {
    let squares = 0;
    for (let i = start; i < start + dimension; i++) squares += rows[i]! * rows[i]!;
    const factor = 1 / Math.sqrt(Math.max(squares, 1e-10));
    for (let i = start; i < start + dimension; i++) rows[i] = rows[i]! * factor;
  }
}
