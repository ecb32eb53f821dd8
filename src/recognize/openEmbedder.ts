import type { Model } from '../checkpoint/model';
import { describe } from '../network/describe';
import type { Network } from '../network/network';
import { networkByName } from '../network/registry';
import { UserError } from '../protocol/errors';
import { networkNames } from '../protocol/networkNames';
import type { Recipe } from '../protocol/recipe';
import { createEmbedder, type Embedder, type EmbedderChoices } from './embedder';

/** The network of a model. @throws UserError when it is unknown */
export function networkOf(model: Pick<Model, 'path' | 'network' | 'embeddingSize'>): Network {
  if (model.network === undefined) {
    throw new UserError(
      `${model.path} holds no network that is known here.`,
      `Choose a model of ${new Intl.ListFormat('en-GB', { type: 'disjunction' }).format(networkNames)}.`,
    );
  }
  return networkByName(model.network, { embeddingSize: model.embeddingSize });
}

/**
 * A model of a known network ready for embedding with a recipe that may differ from its own.
 * @throws UserError when its network is unknown or a weight is missing
 */
export async function openEmbedder(
  model: Model,
  recipe: Recipe,
  choices: Pick<EmbedderChoices, 'input'> = {},
): Promise<Embedder> {
  const network = networkOf(model);
  const weights = await model.readAll(describe(network).variables.map(({ name }) => name));
  return createEmbedder({ network, weights, recipe }, choices);
}
