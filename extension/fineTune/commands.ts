import type { Commands } from '../commands/command';
import { commandIds } from '../identifiers';
import type { Services } from '../services';

export const fineTuneCommands = {
  [commandIds.fineTune]: { load: async () => (await import('./fineTune')).fineTune },
  [commandIds.startConfiguration]: { load: async () => (await import('./startConfiguration')).startConfiguration },
  [commandIds.pasteTrainSoftmax]: { load: async () => (await import('./pasteTrainSoftmax')).pasteTrainSoftmax },
  [commandIds.trainFromScratch]: { load: async () => (await import('./trainFromScratch')).trainFromScratch },
} satisfies Commands<Services>;
