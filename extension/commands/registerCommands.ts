import * as vscode from 'vscode';
import { disposeAll } from '../disposable';
import { type CommandId, commandIds } from '../identifiers';
import type { Services } from '../services';
import { askForTrust, needsTrust } from './trust';

/** A command: its argument may be a path, a tree row, an options object or nothing; what is missing is asked. */
export type Handler = (services: Services, argument?: unknown) => Promise<unknown>;

/** Each command's module, with the schemas and readers it needs, is evaluated when it is called for the first time. */
const handlers: Record<CommandId, () => Promise<Handler>> = {
  [commandIds.addDataset]: async () => (await import('./datasets')).addDataset,
  [commandIds.removeDataset]: async () => (await import('./datasets')).removeDataset,
  [commandIds.checkDataset]: async () => (await import('./datasets')).checkDataset,
  [commandIds.showGallery]: async () => (await import('./showGallery')).showGallery,
  [commandIds.cleanDataset]: async () => (await import('./cleanDataset')).cleanDataset,
  [commandIds.filterDatasets]: async () => (await import('./filterDatasets')).filterDatasets,
  [commandIds.showOnlyProblems]:
    async () =>
    async ({ datasetFilter }) =>
      datasetFilter.set({ onlyProblems: true }),
  [commandIds.clearDatasetFilter]:
    async () =>
    async ({ datasetFilter }) =>
      datasetFilter.set({ name: '', onlyProblems: false }),
  [commandIds.openRunFolder]: async () => (await import('./runFolders')).openRunFolder,
  [commandIds.deleteRun]: async () => (await import('./runFolders')).deleteRun,
  [commandIds.alignDataset]: async () => (await import('./alignDataset')).alignDataset,
  [commandIds.addPretrainedModel]: async () => (await import('./models')).addPretrainedModel,
  [commandIds.downloadModel]: async () => (await import('./downloadModel')).downloadModel,
  [commandIds.removePretrainedModel]: async () => (await import('./models')).removePretrainedModel,
  [commandIds.fineTune]: async () => (await import('./fineTune')).fineTune,
  [commandIds.startConfiguration]: async () => (await import('./startConfiguration')).startConfiguration,
  [commandIds.pasteTrainSoftmax]: async () => (await import('./pasteTrainSoftmax')).pasteTrainSoftmax,
  [commandIds.stop]: async () => (await import('./runs')).stop,
  [commandIds.resume]: async () => (await import('./runs')).resume,
  [commandIds.validateOnLfw]: async () => (await import('./validateOnLfw')).validateOnLfw,
  [commandIds.showMetrics]: async () => (await import('./show')).showMetrics,
  [commandIds.exportReport]: async () => (await import('./exportReport')).exportReport,
  [commandIds.compareReport]: async () => (await import('./compareReport')).compareReport,
  [commandIds.generatePairs]: async () => (await import('./generatePairs')).generatePairs,
  [commandIds.showCheckpoint]: async () => (await import('./checkpoints')).showCheckpoint,
  [commandIds.compareCheckpoints]: async () => (await import('./checkpoints')).compareCheckpoints,
  [commandIds.restorePlan]: async () => (await import('./checkpoints')).restorePlan,
  [commandIds.deleteCheckpoint]: async () => (await import('./deleteCheckpoint')).deleteCheckpoint,
  [commandIds.createDemoWorkspace]: async () => (await import('./createDemoWorkspace')).createDemoWorkspace,
  [commandIds.doctor]: async () => (await import('./doctor')).doctor,
  [commandIds.installEngine]: async () => (await import('./installEngine')).installEngine,
  [commandIds.openWalkthrough]: async () => (await import('./show')).openWalkthrough,
  [commandIds.refresh]:
    async () =>
    async ({ library, runs }) => {
      library.refresh();
      runs.refresh();
    },
  [commandIds.reveal]: async () => (await import('./show')).reveal,
  [commandIds.showLog]:
    async () =>
    async ({ log }) =>
      log.show(),
};

/** Registers every command; what one throws becomes a notification, and the command resolves to undefined. */
export function registerCommands(services: Services): vscode.Disposable {
  const registrations = Object.entries(handlers).map(([id, load]) =>
    vscode.commands.registerCommand(id, async (argument?: unknown) => {
      try {
        if (needsTrust(id, vscode.workspace.isTrusted)) return askForTrust(services.notices);
        const handler = await load();
        return await handler(services, argument);
      } catch (error) {
        services.notices.problem(error);
        return undefined;
      }
    }),
  );
  return { dispose: () => disposeAll(registrations) };
}
