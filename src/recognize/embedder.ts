import { onnxForward, type ForwardEngine } from '../engine/forwardEngine';
import type { Network } from '../network/network';
import type { Weights } from '../network/tensor';
import type { Recipe } from '../protocol/recipe';
import { forEachBatch, type ForwardPassOptions } from '../input/forwardPass';
import { inputLength, plainVariant, prepareImage, type InputRecipe } from '../input/prepareImage';

export interface EmbedOptions extends ForwardPassOptions {
  /** Mirror every image. */
  flipped?: boolean;
}

/** Turns aligned faces into embeddings. */
export interface Embedder {
  /** Values of one embedding. */
  readonly dimension: number;
  /**
   * Embeddings of images in the order of `paths`, [N, dimension] row-major, each of length 1.
   * @throws UserError naming an unreadable image, StoppedError once the signal is aborted
   */
  embed(paths: readonly string[], options?: EmbedOptions): Promise<Float32Array>;
  dispose(): Promise<void>;
}

/** A network with its weights and the image treatment that it is used with. */
export interface EmbedderModel {
  network: Network;
  weights: Weights;
  recipe: InputRecipe & Partial<Recipe>;
}

/** Opens a network for embedding. @throws UserError as `ForwardEngine.open` */
export async function createEmbedder(
  { network, weights, recipe }: EmbedderModel,
  engine: ForwardEngine = onnxForward,
): Promise<Embedder> {
  const { imageSize } = recipe;
  const inputShape = [imageSize, imageSize, network.inputChannels];
  const part = { from: 0, to: network.stages.length, inputShape, output: 'embeddings' as const };
  const session = await engine.open(network, weights, part);
  const dimension = network.embeddingSize;
  return {
    dimension,
    async embed(paths, { flipped = false, ...options } = {}) {
      const embeddings = new Float32Array(paths.length * dimension);
      const rowLength = inputLength(recipe);
      const variant = { ...plainVariant, flip: flipped };
      await forEachBatch(
        paths.length,
        rowLength,
        async (start, count, out) => {
          await Promise.all(
            paths
              .slice(start, start + count)
              .map((path, index) => prepareImage(path, recipe, variant, out, index * rowLength)),
          );
        },
        async (input, start, count) => {
          const [result] = await session.run(input, [count, ...inputShape]);
          embeddings.set(result!.data, start * dimension);
        },
        { batchSize: engine.batchSize, ...options },
      );
      return embeddings;
    },
    dispose: () => session.dispose(),
  };
}
