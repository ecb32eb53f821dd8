import type { NetworkName } from '../../src/protocol/networkNames';
import type { HeadName } from '../../src/protocol/settings/headDefaults';
import type { Phase } from '../../src/protocol/trainConfig';
import { defaultPhases, stageAliases } from '../../src/train/settings/defaultPhases';
import type { TrainingDevice } from '../../src/train/plan/trainingDevice';

export const presetIds = ['classifierThenLastBlock', 'classifier', 'gradual'] as const;

/** A way of fine-tuning that the wizard offers. */
export interface Preset {
  id: (typeof presetIds)[number];
  phases: Phase[];
}

/** The presets with the rates that suit a network and a loss head; without a classifier none that trains it alone. */
export function presetsFor(network: NetworkName | undefined, head: HeadName): readonly Preset[] {
  const usual = defaultPhases(true, network, head);
  const lastBlock = usual.at(-1)!;
  const gentlest = Number(lastBlock.learningRate) / 2;
  const whole = { ...lastBlock, name: 'whole network', trainableFrom: stageAliases.all };
  const presets: Preset[] = [
    { id: 'classifierThenLastBlock', phases: usual },
    { id: 'classifier', phases: usual.slice(0, -1) },
    { id: 'gradual', phases: [...usual, { ...whole, epochs: 4, learningRate: gentlest }] },
  ];
  return presets.filter(({ phases }) => phases.length > 0);
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
