import type * as vscode from 'vscode';
import type { CommandLine } from './jobs/commandLine';
import type { JobManager } from './jobs/jobManager';
import type { RunStore } from './jobs/runStore';
import type { RunWatches } from '../src/watch/runWatches';
import type { Notices } from './notices';
import type { Panels } from './pages/panels';
import type { ReadOnlyText } from './pages/readOnlyText';
import type { Thumbnails } from './pictures/thumbnails';
import type { Library } from './workspace/library';

/** What all commands and pages work with; made once by activate(). What one feature has for itself is declared there. */
export interface Services {
  log: vscode.LogOutputChannel;
  notices: Notices;
  library: Library;
  commandLine: CommandLine;
  thumbnails: Thumbnails;
  runs: RunStore;
  watches: RunWatches;
  jobs: JobManager;
  panels: Panels;
  texts: ReadOnlyText;
}
