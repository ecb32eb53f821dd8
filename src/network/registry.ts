import { UserError } from '../protocol/errors';
import { networkNames, type NetworkName } from '../protocol/networkNames';
import { dlibResnet } from './architectures/dlibResnet';
import { inceptionResnetV1 } from './architectures/inceptionResnetV1';
import { inceptionResnetV2 } from './architectures/inceptionResnetV2';
import { squeezenet } from './architectures/squeezenet';
import type { Architecture, Network } from './network';

/** The definition of each name that the protocol knows, by the size of its embeddings. */
const architectures: Record<NetworkName, (embeddingSize: number) => Architecture> = {
  inception_resnet_v1: inceptionResnetV1,
  inception_resnet_v2: inceptionResnetV2,
  squeezenet,
  dlib_resnet: dlibResnet,
};

/** What is trained, and assumed of a model that nothing is known about, when no network is named. */
export const defaultNetwork: NetworkName = 'inception_resnet_v1';

/** The reference's `--embedding_size` when nothing else is said. */
export const defaultEmbeddingSize = 128;

/**
 * The network `name`, also as the reference's module path (`models.inception_resnet_v1`).
 * @throws UserError for an unknown name.
 */
export function networkByName(
  name: string,
  { embeddingSize = defaultEmbeddingSize }: { embeddingSize?: number } = {},
): Network {
  const plain = name.replace(/^.*\./, '');
  const known = networkNames.find((candidate) => candidate === plain);
  if (known === undefined) {
    throw new UserError(`There is no network named "${name}".`, `Choose one of ${networkNames.join(', ')}.`);
  }
  return { name: known, embeddingSize, ...architectures[known](embeddingSize) };
}
