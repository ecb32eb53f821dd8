import type * as vscode from 'vscode';
import type { CommandLine } from './jobs/commandLine';
import type { JobManager } from './jobs/jobManager';
import type { RunStore } from './jobs/runStore';
import type { RunWatches } from '../src/watch/runWatches';
import type { Notices } from './notices';
import type { Panels } from './pages/panels';
import type { ReadOnlyText } from './pages/readOnlyText';
import type { Thumbnails } from './pictures/thumbnails';
import type { DatasetChecks } from './datasets/datasetChecks';
import type { DatasetFilter } from './datasets/datasetFilter';
import type { Library } from './workspace/library';

/** What commands work with; made once by activate(). */
export interface Services {
  log: vscode.LogOutputChannel;
  notices: Notices;
  library: Library;
  checks: DatasetChecks;
  datasetFilter: DatasetFilter;
  commandLine: CommandLine;
  thumbnails: Thumbnails;
  runs: RunStore;
  watches: RunWatches;
  jobs: JobManager;
  panels: Panels;
  texts: ReadOnlyText;
}
