import { createHash } from 'node:crypto';
import { describe } from './describe';
import type { Network } from './network';
import type { Weights } from './tensor';

/**
 * SHA-256 that names a network with its weights, without a classifier: the same for a checkpoint and the frozen graph made of
 * it, another one where one value differs.
 */
export function weightsDigest(network: Network, weights: Weights): string {
  const hash = createHash('sha256');
  hash.update(JSON.stringify([network.name, network.embeddingSize]));
  for (const { name, shape } of describe(network).variables) {
    const { data } = weights.get(name)!;
    hash.update(JSON.stringify([name, shape]));
    hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return hash.digest('hex');
}
