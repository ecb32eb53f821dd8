import type { Commands } from '../commands/command';
import { commandIds } from '../identifiers';
import type { Services } from '../services';

export const lfwCommands = {
  [commandIds.validateOnLfw]: { load: async () => (await import('./validateOnLfw')).validateOnLfw },
  [commandIds.evaluateIdentification]: {
    load: async () => (await import('./evaluateIdentification')).evaluateIdentification,
  },
  [commandIds.exportReport]: { load: async () => (await import('./exportReport')).exportReport },
  [commandIds.compareReport]: { looks: true, load: async () => (await import('./compareReport')).compareReport },
} satisfies Commands<Services>;
