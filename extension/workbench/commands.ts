import type { Commands } from '../commands/command';
import { commandIds } from '../identifiers';
import type { Services } from '../services';

export const workbenchCommands = {
  [commandIds.openWalkthrough]: {
    looks: true,
    load: async () => (await import('./workbenchCommands')).openWalkthrough,
  },
  [commandIds.refresh]: { looks: true, load: async () => (await import('./workbenchCommands')).refresh },
  [commandIds.reveal]: { looks: true, load: async () => (await import('./workbenchCommands')).reveal },
  [commandIds.showLog]: { looks: true, load: async () => (await import('./workbenchCommands')).showLog },
} satisfies Commands<Services>;
