// What the features bring: the two lists that a new command or page is found by. Nothing of theirs is loaded by it before
// it is used.
import type { Command } from './commands/command';
import { datasetCommands } from './datasets/commands';
import type { DatasetServices } from './datasets/datasetServices';
import { demoCommands } from './demo/commands';
import { engineCommands } from './engine/commands';
import { fineTuneCommands } from './fineTune/commands';
import { galleryCommands } from './gallery/commands';
import { galleryPage } from './gallery/galleryPage';
import type { CommandId } from './identifiers';
import { lfwCommands } from './lfw/commands';
import { lfwPage } from './lfw/lfwPage';
import { checkpointPage } from './models/checkpointPage';
import { modelCommands } from './models/commands';
import type { AnyPageKind } from './pages/pageKind';
import { runCommands } from './runs/commands';
import { runPage } from './runs/runPage';
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
  ...demoCommands,
  ...engineCommands,
  ...workbenchCommands,
};

/** What pages work with: all but the tabs that they are in. */
export type PageServices = Omit<AllServices, 'panels'>;

/** Every kind of page; `npm run manifest` writes their types into the manifest (held by a test). */
export const pageKinds: readonly AnyPageKind<PageServices>[] = [runPage, lfwPage, checkpointPage, galleryPage];
