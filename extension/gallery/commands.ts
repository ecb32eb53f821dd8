import type { Commands } from '../commands/command';
import type { DatasetServices } from '../datasets/datasetServices';
import { commandIds } from '../identifiers';

export const galleryCommands = {
  [commandIds.showGallery]: { looks: true, load: async () => (await import('./showGallery')).showGallery },
  [commandIds.showAlignment]: { looks: true, load: async () => (await import('./showAlignment')).showAlignment },
  [commandIds.excludeImages]: { load: async () => (await import('./imageCommands')).excludeImages },
  [commandIds.moveImages]: { load: async () => (await import('./imageCommands')).moveImages },
  [commandIds.wrongPerson]: { load: async () => (await import('./imageCommands')).wrongPerson },
} satisfies Commands<DatasetServices>;
