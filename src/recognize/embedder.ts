import type { ImageList } from '../dataset/imageList';
import { onnxForward, type ForwardEngine } from '../engine/forwardEngine';
import type { ForwardPassOptions } from '../input/forwardPass';
import { type ImageVariant, plainVariant, type InputRecipe } from '../input/prepareImage';
import { imageRows, type RowSource } from '../input/rows';
import type { Network } from '../network/network';
import type { Weights } from '../network/tensor';
import { openNetworkPart } from './networkPart';

export interface EmbedOptions extends ForwardPassOptions {
  /** Mirror every image. */
  flipped?: boolean;
}

export type TakeEmbeddings = (embeddings: Float32Array, start: number, count: number) => Promise<void> | void;

/** Turns aligned faces into embeddings. */
export interface Embedder {
  /** Values of one embedding. */
  readonly dimension: number;
  /**
   * Embeddings of images in the order of `paths`, [N, dimension] row-major, each of length 1.
   * @throws UserError naming an unreadable image, StoppedError once the signal is aborted
   */
  embed(paths: ImageList, options?: EmbedOptions): Promise<Float32Array>;
  /**
   * The same, some at a time: `take` gets each batch, which it may use until it resolves, and the index of its first image.
   * Memory does not grow with the number of images.
   */
  embedInParts(paths: ImageList, take: TakeEmbeddings, options?: EmbedOptions): Promise<void>;
  dispose(): Promise<void>;
}

/** A network with its weights and the image treatment that it is used with. */
export interface EmbedderModel {
  network: Network;
  weights: Weights;
  recipe: InputRecipe;
}

/** Where an embedder takes up the network: at the images, or behind stages that were computed before. */
export interface EmbedderInput {
  /** The first stage that is computed. */
  readonly stage: number;
  /** Rows before that stage; what it computes itself is told to `onProgress`. */
  rows(images: ImageList, variant: ImageVariant, options: ForwardPassOptions): Promise<RowSource>;
}

/** Every image is decoded and the whole network computed. */
export function wholeNetwork(recipe: InputRecipe): EmbedderInput {
  return {
    stage: 0,
    rows: async (images, variant) => imageRows((index) => ({ path: images.at(index)!, variant }), recipe),
  };
}

export interface EmbedderChoices {
  /** Default ONNX Runtime. */
  engine?: ForwardEngine;
  /** Default the images. */
  input?: EmbedderInput;
  /** `prelogits`: what the network ends with, not divided by its length. Default `embeddings`. */
  output?: 'embeddings' | 'prelogits';
}

/** Opens a network for embedding. @throws UserError as `ForwardEngine.open` */
export async function createEmbedder(
  { network, weights, recipe }: EmbedderModel,
  { engine = onnxForward, input = wholeNetwork(recipe), output = 'embeddings' }: EmbedderChoices = {},
): Promise<Embedder> {
  const part = await openNetworkPart(engine, network, weights, {
    from: input.stage,
    to: network.stages.length,
    imageSize: recipe.imageSize,
    output: output === 'embeddings' ? 'embeddings' : 'activation',
  });
  const dimension = part.outputLength;
  const embedInParts: Embedder['embedInParts'] = async (paths, take, { flipped = false, ...options } = {}) => {
    const source = await input.rows(paths, { ...plainVariant, flip: flipped }, options);
    // Progress is that of what costs: the images, wherever they are computed.
    const { onProgress, ...silently } = options;
    try {
      await part.run(source, paths.length, take, input.stage === 0 ? { ...silently, onProgress } : silently);
    } finally {
      await source.close();
    }
  };
  return {
    dimension,
    embedInParts,
    async embed(paths, options) {
      const embeddings = new Float32Array(paths.length * dimension);
      await embedInParts(paths, (results, start) => embeddings.set(results, start * dimension), options);
      return embeddings;
    },
    dispose: () => part.dispose(),
  };
}
