import type { NetworkName } from '../../src/protocol/networkNames';
import type { Phase } from '../../src/protocol/trainConfig';
import { defaultPhases, stageAliases } from '../../src/train/settings/defaultPhases';
import type { TrainingDevice } from '../../src/train/plan/trainingDevice';

/** A way of fine-tuning that the wizard offers. */
export interface Preset {
  id: 'classifierThenLastBlock' | 'classifier' | 'gradual';
  phases: Phase[];
}

/** The presets with the rates that suit a network. */
export function presetsFor(network: NetworkName | undefined): readonly Preset[] {
  const [classifier, lastBlock] = defaultPhases(true, network) as [Phase, Phase];
  const gentlest = Number(lastBlock.learningRate) / 2;
  return [
    {
      id: 'classifierThenLastBlock',
      phases: [classifier, lastBlock],
    },
    {
      id: 'classifier',
      phases: [classifier],
    },
    {
      id: 'gradual',
      phases: [
        classifier,
        lastBlock,
        { ...lastBlock, name: 'whole network', trainableFrom: stageAliases.all, epochs: 4, learningRate: gentlest },
      ],
    },
  ];
}

/** With fewer images of each person the network would learn the photographs by heart instead of the faces. */
const fewImagesPerPerson = 5;
const fewImages = 60;
/** From so many people and images on, the whole network can be trained without forgetting other faces. */
const manyPeople = 200;
const manyImages = 4000;

/** Which preset suits a dataset of this size, and what about the size decides it. */
export function recommendedPreset(
  { people, images }: { people: number; images: number },
  device: TrainingDevice,
): { id: Preset['id']; because: 'few' | 'medium' | 'many' | 'manyWithoutGpu' } {
  if (images < fewImages || images < fewImagesPerPerson * people) return { id: 'classifier', because: 'few' };
  if (people < manyPeople || images < manyImages) return { id: 'classifierThenLastBlock', because: 'medium' };
  return device === 'gpu'
    ? { id: 'gradual', because: 'many' }
    : { id: 'classifierThenLastBlock', because: 'manyWithoutGpu' };
}
