import type { Model } from '../../checkpoint/model';
import type { Network } from '../../network/network';
import { defaultNetwork, networkByName } from '../../network/registry';
import { UserError } from '../../protocol/errors';
import type { Recipe } from '../../protocol/recipe';
import type { TrainConfig } from '../../protocol/trainConfig';

/**
 * The network that a configuration trains: the named one, else the model's own, of the named size of embeddings.
 * @throws UserError where neither says which
 */
export function chooseNetwork(
  config: TrainConfig,
  model: Pick<Model, 'path' | 'network' | 'embeddingSize' | 'recipe'> | undefined,
): Network {
  const name = config.network ?? model?.network ?? (model === undefined ? defaultNetwork : undefined);
  if (name === undefined) {
    throw new UserError(
      `${model!.path} holds no network that is known here.`,
      'Name its architecture with --model_def, or choose another model.',
    );
  }
  return networkByName(name, { embeddingSize: config.embeddingSize ?? model?.embeddingSize });
}

/** How its images are prepared: as named, else as the model was trained. */
export function chooseRecipe(
  config: TrainConfig,
  model: Pick<Model, 'path' | 'network' | 'embeddingSize' | 'recipe'> | undefined,
  network: Network,
): Recipe {
  const own = model?.recipe ?? network.recipe;
  return {
    ...own,
    imageSize: config.imageSize ?? own.imageSize,
    standardization: config.standardization ?? own.standardization,
  };
}
