import type { Commands } from '../commands/command';
import { commandIds } from '../identifiers';
import type { Services } from '../services';

export const modelCommands = {
  [commandIds.addPretrainedModel]: { load: async () => (await import('./modelCommands')).addPretrainedModel },
  [commandIds.removePretrainedModel]: { load: async () => (await import('./modelCommands')).removePretrainedModel },
  [commandIds.downloadModel]: { load: async () => (await import('./downloadModel')).downloadModel },
  [commandIds.showCheckpoint]: { looks: true, load: async () => (await import('./checkpointCommands')).showCheckpoint },
  [commandIds.compareCheckpoints]: {
    looks: true,
    load: async () => (await import('./checkpointCommands')).compareCheckpoints,
  },
  [commandIds.restorePlan]: { looks: true, load: async () => (await import('./checkpointCommands')).restorePlan },
  [commandIds.exportModel]: { load: async () => (await import('./exportModel')).exportModel },
  [commandIds.selfCheck]: { looks: true, load: async () => (await import('./selfCheck')).selfCheck },
  [commandIds.deleteCheckpoint]: { load: async () => (await import('./deleteCheckpoint')).deleteCheckpoint },
} satisfies Commands<Services>;
