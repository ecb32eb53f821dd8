import * as vscode from 'vscode';
import { disposeAll } from '../disposable';
import { type CommandId, commandIds } from '../identifiers';
import type { Services } from '../services';
import { askForTrust, needsTrust } from './trust';

/** A command: its argument may be a path, a tree row, an options object or nothing; what is missing is asked. */
export type Handler = (services: Services, argument?: unknown) => Promise<unknown>;

/** Each command's module, with the schemas and readers it needs, is evaluated when it is called for the first time. */
const handlers: Record<CommandId, () => Promise<Handler>> = {
  [commandIds.addDataset]: async () => (await import('../datasets/datasetCommands')).addDataset,
  [commandIds.removeDataset]: async () => (await import('../datasets/datasetCommands')).removeDataset,
  [commandIds.checkDataset]: async () => (await import('../datasets/datasetCommands')).checkDataset,
  [commandIds.showGallery]: async () => (await import('../gallery/showGallery')).showGallery,
  [commandIds.cleanDataset]: async () => (await import('../datasets/cleanDataset')).cleanDataset,
  [commandIds.filterDatasets]: async () => (await import('../datasets/filterDatasets')).filterDatasets,
  [commandIds.showOnlyProblems]:
    async () =>
    async ({ datasetFilter }) =>
      datasetFilter.set({ onlyProblems: true }),
  [commandIds.clearDatasetFilter]:
    async () =>
    async ({ datasetFilter }) =>
      datasetFilter.set({ name: '', onlyProblems: false }),
  [commandIds.openRunFolder]: async () => (await import('../runs/runFolders')).openRunFolder,
  [commandIds.deleteRun]: async () => (await import('../runs/runFolders')).deleteRun,
  [commandIds.alignDataset]: async () => (await import('../datasets/alignDataset')).alignDataset,
  [commandIds.addPretrainedModel]: async () => (await import('../models/modelCommands')).addPretrainedModel,
  [commandIds.downloadModel]: async () => (await import('../models/downloadModel')).downloadModel,
  [commandIds.removePretrainedModel]: async () => (await import('../models/modelCommands')).removePretrainedModel,
  [commandIds.fineTune]: async () => (await import('../fineTune/fineTune')).fineTune,
  [commandIds.startConfiguration]: async () => (await import('../fineTune/startConfiguration')).startConfiguration,
  [commandIds.pasteTrainSoftmax]: async () => (await import('../fineTune/pasteTrainSoftmax')).pasteTrainSoftmax,
  [commandIds.stop]: async () => (await import('../runs/runCommands')).stop,
  [commandIds.resume]: async () => (await import('../runs/runCommands')).resume,
  [commandIds.validateOnLfw]: async () => (await import('../lfw/validateOnLfw')).validateOnLfw,
  [commandIds.showMetrics]: async () => (await import('../runs/show')).showMetrics,
  [commandIds.exportReport]: async () => (await import('../lfw/exportReport')).exportReport,
  [commandIds.compareReport]: async () => (await import('../lfw/compareReport')).compareReport,
  [commandIds.generatePairs]: async () => (await import('../datasets/generatePairs')).generatePairs,
  [commandIds.showCheckpoint]: async () => (await import('../models/checkpointCommands')).showCheckpoint,
  [commandIds.compareCheckpoints]: async () => (await import('../models/checkpointCommands')).compareCheckpoints,
  [commandIds.restorePlan]: async () => (await import('../models/checkpointCommands')).restorePlan,
  [commandIds.deleteCheckpoint]: async () => (await import('../models/deleteCheckpoint')).deleteCheckpoint,
  [commandIds.createDemoWorkspace]: async () => (await import('../demo/createDemoWorkspace')).createDemoWorkspace,
  [commandIds.doctor]: async () => (await import('../engine/doctor')).doctor,
  [commandIds.installEngine]: async () => (await import('../engine/installEngine')).installEngine,
  [commandIds.openWalkthrough]: async () => (await import('../runs/show')).openWalkthrough,
  [commandIds.refresh]:
    async () =>
    async ({ library, runs }) => {
      library.refresh();
      runs.refresh();
    },
  [commandIds.reveal]: async () => (await import('../runs/show')).reveal,
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
