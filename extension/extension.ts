import * as vscode from 'vscode';
import { describeError } from '../src/protocol/errors';
import { RunWatches } from '../src/watch/runWatches';
import { registerCommands } from './commands/registerCommands';
import { CommandLine } from './jobs/commandLine';
import { JobManager } from './jobs/jobManager';
import { Outcomes } from './runs/outcomes';
import { RunStore } from './jobs/runStore';
import { StatusBar } from './runs/statusBar';
import { Notices } from './notices';
import { Panels } from './pages/panels';
import { ReadOnlyText } from './pages/readOnlyText';
import { thumbnailCommand, thumbnailWords } from './pictures/thumbnailCommand';
import { Thumbnails } from './pictures/thumbnails';
import type { Services } from './services';
import { registerTrees, type Trees } from './trees/registerTrees';
import { DatasetChecks } from './datasets/datasetChecks';
import { DatasetFilter } from './datasets/datasetFilter';
import { Library } from './workspace/library';

/** What tests get to hold of; not for other extensions. */
export interface TestApi extends Services {
  trees: Trees;
  statusBar: StatusBar;
  /** What activate() took, milliseconds: by the clock, and of the processor alone. */
  activation: { elapsed: number; cpu: number };
}

/** The composition root: builds everything, reads nothing from disk, loads nothing native. */
export function activate(context: vscode.ExtensionContext): TestApi {
  const started = performance.now();
  const cpuBefore = process.cpuUsage();
  const own = <T extends vscode.Disposable>(thing: T): T => {
    context.subscriptions.push(thing);
    return thing;
  };
  const log = own(vscode.window.createOutputChannel('FaceNet', { log: true }));
  const { version } = context.extension.packageJSON as { version: string };
  log.info(
    `FaceNet Workbench ${version}, VS Code ${vscode.version}, Node ${process.version}, ${process.platform}-${process.arch}`,
  );
  const logFolders = (): void => {
    const folders = vscode.workspace.workspaceFolders ?? [];
    log.info(`folders of the workspace: ${folders.map(({ uri }) => uri.toString()).join(', ') || 'none'}`);
  };
  logFolders();
  own(vscode.workspace.onDidChangeWorkspaceFolders(logFolders));

  const notices = new Notices(log);
  const commandLine = new CommandLine(context.extensionPath, log);
  const thumbnails = new Thumbnails(thumbnailCommand(commandLine), thumbnailWords);
  const library = own(new Library());
  const checks = own(new DatasetChecks(commandLine));
  const datasetFilter = own(new DatasetFilter());
  const runs = own(new RunStore(library));
  const watches = own(new RunWatches((error) => log.warn(describeError(error))));
  const jobs = own(new JobManager(runs, watches, log));
  const { extensionUri, workspaceState } = context;
  const panels = own(
    new Panels(extensionUri, runs, watches, checks, log, notices, commandLine, thumbnails, workspaceState),
  );
  const texts = own(new ReadOnlyText());
  const services: Services = {
    ...{ log, notices, library, checks, datasetFilter, commandLine, thumbnails },
    ...{ runs, watches, jobs, panels, texts },
  };

  const statusBar = own(new StatusBar(jobs));
  own(new Outcomes(jobs, notices, library));
  const trees = own(registerTrees(services));
  own(registerCommands(services));
  // Runs that another window or a terminal has left active are found after the window is up.
  runs.refresh();
  const { user, system } = process.cpuUsage(cpuBefore);
  const activation = { elapsed: performance.now() - started, cpu: (user + system) / 1000 };
  log.debug(`activated in ${activation.elapsed.toFixed(1)} ms`);
  return { ...services, trees, statusBar, activation };
}
