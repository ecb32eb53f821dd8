import type { Commands } from '../commands/command';
import { commandIds } from '../identifiers';
import type { Services } from '../services';

export const runCommands = {
  [commandIds.stop]: { load: async () => (await import('./runCommands')).stop },
  [commandIds.resume]: { load: async () => (await import('./runCommands')).resume },
  [commandIds.showMetrics]: { looks: true, load: async () => (await import('./showMetrics')).showMetrics },
  [commandIds.openRunFolder]: { looks: true, load: async () => (await import('./runFolders')).openRunFolder },
  [commandIds.deleteRun]: { load: async () => (await import('./runFolders')).deleteRuns },
  [commandIds.showRuns]: { looks: true, load: async () => (await import('./showRuns')).showRuns },
  [commandIds.attachRun]: { looks: true, load: async () => (await import('./attachedRuns')).attachRun },
  [commandIds.detachRun]: { looks: true, load: async () => (await import('./attachedRuns')).detachRun },
  [commandIds.compareRuns]: { looks: true, load: async () => (await import('./showRuns')).compareRuns },
  [commandIds.duplicateRun]: { load: async () => (await import('./showRuns')).duplicateRun },
  [commandIds.renameRun]: { load: async () => (await import('./describeRuns')).renameRun },
  [commandIds.noteRun]: { load: async () => (await import('./describeRuns')).noteRun },
  [commandIds.tagRuns]: { load: async () => (await import('./describeRuns')).tagRuns },
  [commandIds.starRun]: { load: async () => (await import('./describeRuns')).starRuns },
  [commandIds.unstarRun]: { load: async () => (await import('./describeRuns')).unstarRuns },
  [commandIds.archiveRun]: { load: async () => (await import('./describeRuns')).archiveRuns },
  [commandIds.unarchiveRun]: { load: async () => (await import('./describeRuns')).unarchiveRuns },
  [commandIds.showArchivedRuns]: { looks: true, load: async () => (await import('./archivedRuns')).showArchived },
  [commandIds.hideArchivedRuns]: { looks: true, load: async () => (await import('./archivedRuns')).hideArchived },
} satisfies Commands<Services>;
