import type { Commands } from '../commands/command';
import { commandIds } from '../identifiers';
import type { Services } from '../services';

export const recognizeCommands = {
  [commandIds.enrolPeople]: { load: async () => (await import('./enrolPeople')).enrolPeople },
  [commandIds.compareFaces]: { load: async () => (await import('./compareFaces')).compareFaces },
  [commandIds.recognize]: { load: async () => (await import('./recognizeCommands')).recognize },
} satisfies Commands<Services>;
