import type { Commands } from '../commands/command';
import { commandIds } from '../identifiers';
import type { Services } from '../services';

export const runCommands = {
  [commandIds.stop]: { load: async () => (await import('./runCommands')).stop },
  [commandIds.resume]: { load: async () => (await import('./runCommands')).resume },
  [commandIds.showMetrics]: { looks: true, load: async () => (await import('./showMetrics')).showMetrics },
  [commandIds.openRunFolder]: { looks: true, load: async () => (await import('./runFolders')).openRunFolder },
  [commandIds.deleteRun]: { load: async () => (await import('./runFolders')).deleteRun },
} satisfies Commands<Services>;
