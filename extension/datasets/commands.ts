import type { Commands } from '../commands/command';
import { commandIds } from '../identifiers';
import type { DatasetServices } from './datasetServices';

export const datasetCommands = {
  [commandIds.addDataset]: { load: async () => (await import('./datasetCommands')).addDataset },
  [commandIds.removeDataset]: { load: async () => (await import('./datasetCommands')).removeDataset },
  [commandIds.checkDataset]: { load: async () => (await import('./datasetCommands')).checkDataset },
  [commandIds.cleanDataset]: { load: async () => (await import('./cleanDataset')).cleanDataset },
  [commandIds.erasePerson]: { load: async () => (await import('./erasePerson')).erasePerson },
  [commandIds.filterDatasets]: { looks: true, load: async () => (await import('./filterDatasets')).filterDatasets },
  [commandIds.showOnlyProblems]: { looks: true, load: async () => (await import('./filterDatasets')).showOnlyProblems },
  [commandIds.clearDatasetFilter]: {
    looks: true,
    load: async () => (await import('./filterDatasets')).clearDatasetFilter,
  },
  [commandIds.alignDataset]: { load: async () => (await import('./alignDataset')).alignDataset },
  [commandIds.generatePairs]: { load: async () => (await import('./generatePairs')).generatePairs },
} satisfies Commands<DatasetServices>;
