import type { Commands } from '../commands/command';
import { commandIds } from '../identifiers';
import type { Services } from '../services';

export const recognizeCommands = {
  [commandIds.enrolPeople]: { load: async () => (await import('./enrolPeople')).enrolPeople },
  [commandIds.trainClassifier]: { load: async () => (await import('./trainClassifier')).trainClassifier },
  [commandIds.classifyFolder]: { load: async () => (await import('./classifyFolder')).classifyFolder },
  [commandIds.compareFaces]: { load: async () => (await import('./compareFaces')).compareFaces },
  [commandIds.recognize]: { load: async () => (await import('./recognizeCommands')).recognize },
} satisfies Commands<Services>;
