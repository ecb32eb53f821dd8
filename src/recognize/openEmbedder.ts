import { createHash } from 'node:crypto';
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
 * Names the network of a model and every weight of it, wherever its files lie.
 * @returns 32 hexadecimal digits
 * @throws UserError when its network is unknown or a weight is missing
 */
export async function weightsDigest(model: Model): Promise<string> {
  const network = networkOf(model);
  const names = describe(network)
    .variables.map(({ name }) => name)
    .sort();
  const weights = await model.readAll(names);
  const hash = createHash('sha256').update(network.name);
  for (const name of names) {
    const { shape, data } = weights.get(name)!;
    hash.update(JSON.stringify([name, shape]));
    hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return hash.digest('hex').slice(0, 32);
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
