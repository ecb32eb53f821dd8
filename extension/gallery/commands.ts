import type { Commands } from '../commands/command';
import { commandIds } from '../identifiers';
import type { Services } from '../services';

export const galleryCommands = {
  [commandIds.showGallery]: { looks: true, load: async () => (await import('./showGallery')).showGallery },
} satisfies Commands<Services>;
