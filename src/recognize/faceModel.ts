// A model that answers about faces: where its embeddings come from is part of every answer.
import { openModel, type Model } from '../checkpoint/model';
import type { ImageList } from '../dataset/imageList';
import { onnxForward } from '../engine/forwardEngine';
import type { RgbImage } from '../image/rgbImage';
import { standardize } from '../image/standardize';
import type { ForwardPassOptions } from '../input/forwardPass';
import { plainVariant } from '../input/imageVariant';
import { inputLength } from '../input/prepareImage';
import { imageRows, type RowSource } from '../input/rows';
import { describe } from '../network/describe';
import { weightsDigest } from '../network/weightsDigest';
import type { ModelIdentity } from '../protocol/modelIdentity';
import type { Recipe } from '../protocol/recipe';
import { openNetworkPart } from './networkPart';
import { networkOf } from './openEmbedder';

/** A model ready to embed faces from files and from memory. */
export interface FaceModel {
  readonly model: Model;
  readonly identity: ModelIdentity;
  /** The model's own with what was asked for differently. */
  readonly recipe: Recipe;
  /** Values of one embedding. */
  readonly dimension: number;
  /** Embeddings of aligned faces, [N, dimension] row-major, each of length 1. @throws as `Embedder.embed` */
  embedFiles(paths: ImageList, options?: ForwardPassOptions): Promise<Float32Array>;
  /** The same of faces that were cut out at the recipe's size. */
  embedCrops(crops: readonly RgbImage[], options?: ForwardPassOptions): Promise<Float32Array>;
  dispose(): Promise<void>;
}

/**
 * Opens a model by what the user typed.
 * @param asked what differs from the model's own recipe
 * @throws UserError when there is no such model or its network is unknown
 */
export async function openFaceModel(typed: string, asked: Partial<Omit<Recipe, 'alignment'>> = {}): Promise<FaceModel> {
  const model = await openModel(typed);
  const network = networkOf(model);
  const recipe: Recipe = {
    ...model.recipe,
    ...(asked.chip !== undefined && { chip: asked.chip }),
    imageSize: asked.imageSize ?? model.recipe.imageSize,
    standardization: asked.standardization ?? model.recipe.standardization,
  };
  const weights = await model.readAll(describe(network).variables.map(({ name }) => name));
  const part = await openNetworkPart(onnxForward, network, weights, {
    from: 0,
    to: network.stages.length,
    imageSize: recipe.imageSize,
    output: 'embeddings',
  });
  const embedRows = async (source: RowSource, count: number, options?: ForwardPassOptions): Promise<Float32Array> => {
    const embeddings = new Float32Array(count * part.outputLength);
    const take = (values: Float32Array, start: number): void => embeddings.set(values, start * part.outputLength);
    if (count > 0) await part.run(source, count, take, options);
    return embeddings;
  };
  return {
    model,
    identity: {
      name: model.name,
      ...(model.step !== undefined && { step: model.step }),
      network: model.network!,
      embeddingSize: part.outputLength,
      sha256: weightsDigest(network, weights),
    },
    recipe,
    dimension: part.outputLength,
    embedFiles: async (paths, options) =>
      embedRows(
        imageRows((index) => ({ path: paths.at(index)!, variant: plainVariant }), recipe),
        paths.length,
        options,
      ),
    embedCrops: async (crops, options) => embedRows(cropRows(crops, recipe), crops.length, options),
    dispose: () => part.dispose(),
  };
}

function cropRows(crops: readonly RgbImage[], recipe: Recipe): RowSource {
  const rowLength = inputLength(recipe);
  return {
    rowLength,
    async read(indices, out) {
      for (let place = 0; place < indices.length; place++)
        standardize(crops[indices[place]!]!, recipe.standardization, out, place * rowLength);
    },
    close: async () => undefined,
  };
}
