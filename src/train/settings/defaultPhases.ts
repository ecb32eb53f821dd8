import type { NetworkName } from '../../protocol/recipe';
import type { Phase } from '../../protocol/trainConfig';

/** Names of `trainableFrom` that hold for every network. */
export const stageAliases = {
  /** The classifier on top. */
  logits: 'Logits',
  /** The last residual or fire block and everything after it. */
  lastBlock: 'LastBlock',
  /** The whole network. */
  all: 'All',
} as const;

/** Epochs and rates (for ADAM) of the two phases of fine-tuning. */
interface FineTuningRates {
  classifier: { epochs: number; rate: number };
  lastBlock: { epochs: number; rate: number };
}

/**
 * The classifier's gradient grows with the prelogits: about 22 long where a batch norm ends the network, about 1.4 with
 * dlib's, which therefore needs far larger rates. Those of `dlib_resnet` were chosen by measurement: with 175 people of
 * LFW the classifier told 92 % of the validation images right at 10, 9 % at 0.1; beyond 0.0003 the last block cost
 * more than its fold deviation of LFW accuracy on people outside the training set.
 */
const normalized: FineTuningRates = { classifier: { epochs: 50, rate: 0.05 }, lastBlock: { epochs: 10, rate: 0.001 } };
const fineTuning: Record<NetworkName, FineTuningRates> = {
  inception_resnet_v1: normalized,
  inception_resnet_v2: normalized,
  squeezenet: normalized,
  dlib_resnet: { classifier: { epochs: 100, rate: 10 }, lastBlock: { epochs: 10, rate: 0.0003 } },
};

/**
 * The phases when none are named (spec §6.11). With a pretrained model: first the new classifier alone, so that its
 * random start does not spoil what was learned, then gently from the last block on. Without: everything at once, with
 * batch norms that learn their statistics.
 * @param network of the pretrained model; it decides the rates
 */
export function defaultPhases(pretrained: boolean, network: NetworkName = 'inception_resnet_v1'): Phase[] {
  if (!pretrained) {
    return [{ name: 'all', trainableFrom: stageAliases.all, epochs: 90, learningRate: 0.05, batchNorm: 'update' }];
  }
  const { classifier, lastBlock: last } = fineTuning[network];
  const { logits, lastBlock: from } = stageAliases;
  const common = { optimizer: 'ADAM', batchNorm: 'frozen' } as const;
  return [
    { name: 'classifier', trainableFrom: logits, epochs: classifier.epochs, learningRate: classifier.rate, ...common },
    { name: 'last block', trainableFrom: from, epochs: last.epochs, learningRate: last.rate, ...common },
  ];
}
