import type { Commands } from '../commands/command';
import { commandIds } from '../identifiers';
import type { Services } from '../services';

export const engineCommands = {
  [commandIds.doctor]: { looks: true, load: async () => (await import('./doctor')).doctor },
  [commandIds.installEngine]: { load: async () => (await import('./installEngine')).installEngine },
} satisfies Commands<Services>;
