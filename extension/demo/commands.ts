import type { Commands } from '../commands/command';
import { commandIds } from '../identifiers';
import type { Services } from '../services';

export const demoCommands = {
  [commandIds.createDemoWorkspace]: { load: async () => (await import('./createDemoWorkspace')).createDemoWorkspace },
} satisfies Commands<Services>;
