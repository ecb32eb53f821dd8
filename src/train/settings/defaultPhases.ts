import { classifierStages } from '../../network/classifiers';
import { defaultNetwork, networkByName } from '../../network/registry';
import type { NetworkName } from '../../protocol/networkNames';
import type { Phase } from '../../protocol/trainConfig';

/** Names of `trainableFrom` that hold for every network. */
export const stageAliases = {
  /** The classifier on top, whichever the loss head has. */
  logits: classifierStages.logits,
  /** The network's `lastBlock` and everything after it. */
  lastBlock: 'LastBlock',
  /** The whole network. */
  all: 'All',
} as const;

/**
 * The phases when none are named (spec §6.11). With a pretrained model: first the new classifier alone, so that its
 * random start does not spoil what was learned, then gently from the last block on. Without: everything at once, with
 * batch norms that learn their statistics.
 * @param network of the pretrained model; it decides the rates
 */
export function defaultPhases(pretrained: boolean, network: NetworkName = defaultNetwork): Phase[] {
  if (!pretrained) {
    return [{ name: 'all', trainableFrom: stageAliases.all, epochs: 90, learningRate: 0.05, batchNorm: 'update' }];
  }
  const { classifier, lastBlock: last } = networkByName(network).fineTuning;
  const { logits, lastBlock: from } = stageAliases;
  const common = { optimizer: 'ADAM', batchNorm: 'frozen' } as const;
  return [
    { name: 'classifier', trainableFrom: logits, epochs: classifier.epochs, learningRate: classifier.rate, ...common },
    { name: 'last block', trainableFrom: from, epochs: last.epochs, learningRate: last.rate, ...common },
  ];
}
