import { classifierStages } from '../../network/classifiers';
import { defaultNetwork, networkByName } from '../../network/registry';
import type { NetworkName } from '../../protocol/networkNames';
import type { HeadName } from '../../protocol/settings/headDefaults';
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
 * random start does not spoil what was learned, then gently from the last block on; without a classifier only that.
 * Without a model: everything at once, with batch norms that learn their statistics.
 * @param network of the pretrained model; with `head` it decides the rates
 */
export function defaultPhases(
  pretrained: boolean,
  network: NetworkName = defaultNetwork,
  head: HeadName = 'softmax',
): Phase[] {
  if (!pretrained) {
    return [{ name: 'all', trainableFrom: stageAliases.all, epochs: 90, learningRate: 0.05, batchNorm: 'update' }];
  }
  const { classifier, lastBlock, marginRates } = networkByName(network).fineTuning;
  const rates =
    head === 'softmax' || head === 'triplet' ? { classifier: classifier.rate, lastBlock: lastBlock.rate } : marginRates;
  const common = { optimizer: 'ADAM', batchNorm: 'frozen' } as const;
  const gently: Phase = {
    name: 'last block',
    trainableFrom: stageAliases.lastBlock,
    epochs: lastBlock.epochs,
    learningRate: rates.lastBlock,
    ...common,
  };
  if (head === 'triplet') return [gently];
  const first: Phase = {
    name: 'classifier',
    trainableFrom: stageAliases.logits,
    epochs: classifier.epochs,
    learningRate: rates.classifier,
    ...common,
  };
  return [first, gently];
}
