import type { NetworkName } from '../../src/protocol/recipe';
import type { Phase } from '../../src/protocol/trainConfig';
import { defaultPhases, stageAliases } from '../../src/train/phases';

/** A way of fine-tuning that the wizard offers. */
export interface Preset {
  id: 'classifierThenLastBlock' | 'classifier' | 'gradual';
  label: string;
  detail: string;
  phases: Phase[];
}

/** The presets with the rates that suit a network. */
export function presetsFor(network: NetworkName | undefined): readonly Preset[] {
  const [classifier, lastBlock] = defaultPhases(true, network) as [Phase, Phase];
  const gentlest = Number(lastBlock.learningRate) / 2;
  return [
    {
      id: 'classifierThenLastBlock',
      label: 'Classifier, then the last block',
      detail: 'A new classifier on the frozen network, then gently from the last block on',
      phases: [classifier, lastBlock],
    },
    {
      id: 'classifier',
      label: 'Classifier only',
      detail: 'The network and its LFW result stay as they are; seconds to minutes',
      phases: [classifier],
    },
    {
      id: 'gradual',
      label: 'Classifier, last block, then the whole network',
      detail: 'For hundreds of people and a GPU: in the end everything is trained',
      phases: [
        classifier,
        lastBlock,
        { ...lastBlock, name: 'whole network', trainableFrom: stageAliases.all, epochs: 4, learningRate: gentlest },
      ],
    },
  ];
}
