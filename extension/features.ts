// What the features bring: the two lists that a command or page is found by. Nothing is loaded for them before it is used.
import type { Command } from './commands/command';
import { datasetCommands } from './datasets/commands';
import type { DatasetServices } from './datasets/datasetServices';
import { demoCommands } from './demo/commands';
import { engineCommands } from './engine/commands';
import { fineTuneCommands } from './fineTune/commands';
import { galleryCommands } from './gallery/commands';
import type { CommandId } from './identifiers';
import { lfwCommands } from './lfw/commands';
import { modelCommands } from './models/commands';
import type { PageKinds } from './pages/pageKind';
import { recognizeCommands } from './recognize/commands';
import { runCommands } from './runs/commands';
import type { Services } from './services';
import { workbenchCommands } from './workbench/commands';

/** What commands of all features work with. */
export type AllServices = Services & DatasetServices;

/** Every command, by its identifier; the manifest declares the same (held by a test). */
export const commands: Readonly<Record<CommandId, Command<AllServices>>> = {
  ...datasetCommands,
  ...galleryCommands,
  ...modelCommands,
  ...fineTuneCommands,
  ...runCommands,
  ...lfwCommands,
  ...recognizeCommands,
  ...demoCommands,
  ...engineCommands,
  ...workbenchCommands,
};

/** What pages work with: all but the tabs that they are in. */
export type PageServices = Omit<AllServices, 'panels'>;

/** Every kind of page; `npm run manifest` writes their types into the manifest (held by a test). */
export const pageKinds: PageKinds<PageServices> = {
  run: async () => (await import('./runs/runPanel')).runPage,
  lfw: async () => (await import('./lfw/lfwPanel')).lfwPage,
  checkpoint: async () => (await import('./models/checkpointPanel')).checkpointPage,
  runs: async () => (await import('./runs/runsPanel')).runsPage,
  alignment: async () => (await import('./gallery/alignmentPanel')).alignmentPage,
  gallery: async () => (await import('./gallery/galleryPanel')).galleryPage,
  recognize: async () => (await import('./recognize/recognizePanel')).recognizePage,
  identification: async () => (await import('./lfw/identificationPanel')).identificationPage,
  classification: async () => (await import('./recognize/classificationPanel')).classificationPage,
  compare: async () => (await import('./recognize/comparePanel')).comparePage,
};
