import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { describeError } from '../src/protocol/errors';
import { RunWatches } from '../src/watch/runWatches';
import { registerCommands } from './commands/registerCommands';
import { DatasetChecks } from './datasets/datasetChecks';
import { DatasetFacts } from './datasets/datasetFacts';
import { DatasetFilter } from './datasets/datasetFilter';
import { ImageMoves } from './datasets/imageMoves';
import { DatasetsTree } from './datasets/datasetsTree';
import { createDatasetsView } from './datasets/datasetsView';
import { DemoFromBefore } from './demo/demoFromBefore';
import { type AllServices, type PageServices, commands, pageKinds } from './features';
import { CommandLine } from './jobs/commandLine';
import { keepIndexesIn } from './jobs/datasetIndexes';
import { JobManager } from './jobs/jobManager';
import { RunStore } from './jobs/runStore';
import { CheckpointsTree } from './models/checkpointsTree';
import { createCheckpointsView } from './models/checkpointsView';
import { Notices } from './notices';
import { serve } from './pages/pageKind';
import { Panels } from './pages/panels';
import { ReadOnlyText } from './pages/readOnlyText';
import { thumbnailCommand, thumbnailWords } from './pictures/thumbnailCommand';
import { Thumbnails } from './pictures/thumbnails';
import { Outcomes } from './runs/outcomes';
import { RunsTree } from './runs/runsTree';
import { createRunsView } from './runs/runsView';
import { StatusBar } from './runs/statusBar';
import { AttachedRunFolders } from './workspace/attachedFolders';
import { Library } from './workspace/library';

/** What tests get to hold of; not for other extensions. */
export interface TestApi extends AllServices {
  trees: { datasets: DatasetsTree; checkpoints: CheckpointsTree; runs: RunsTree };
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
  // Of the sentences that the extension shares with its pages and the terminal.
  if (vscode.l10n.bundle !== undefined) l10n.config({ contents: vscode.l10n.bundle });
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
  keepIndexesIn(context.storageUri?.fsPath);
  own(vscode.workspace.onDidChangeWorkspaceFolders(logFolders));

  const notices = new Notices(log);
  const commandLine = new CommandLine(context.extensionPath, log);
  const thumbnails = new Thumbnails(thumbnailCommand(commandLine), thumbnailWords);
  const library = own(new Library());
  const checks = own(new DatasetChecks(commandLine, log));
  const datasetFilter = own(new DatasetFilter());
  const imageMoves = new ImageMoves();
  const { extensionUri, workspaceState } = context;
  const runs = own(new RunStore(library, new AttachedRunFolders(workspaceState), log));
  const watches = own(new RunWatches((error) => log.warn(describeError(error))));
  const jobs = own(new JobManager(runs, watches, log));
  const texts = own(new ReadOnlyText());
  const served: PageServices = {
    ...{ log, notices, library, checks, datasetFilter, imageMoves, commandLine, thumbnails },
    ...{ runs, watches, jobs, texts },
  };
  const panels = own(new Panels(serve(pageKinds, served), extensionUri, workspaceState, log));
  const services: AllServices = { ...served, panels };

  const trees = {
    datasets: own(new DatasetsTree(library, checks, own(new DatasetFacts()), datasetFilter, thumbnails)),
    checkpoints: own(new CheckpointsTree(library, runs)),
    runs: own(new RunsTree(runs, jobs)),
  };
  own(createDatasetsView(trees.datasets, datasetFilter));
  own(createCheckpointsView(trees.checkpoints));
  own(createRunsView(trees.runs));
  const statusBar = own(new StatusBar(jobs));
  own(new Outcomes(jobs, notices, library));
  own(new DemoFromBefore(jobs, panels, notices));
  own(registerCommands(commands, services));
  // Runs that another window or a terminal has left active are found after the window is up.
  runs.refresh();
  const { user, system } = process.cpuUsage(cpuBefore);
  const activation = { elapsed: performance.now() - started, cpu: (user + system) / 1000 };
  log.debug(`activated in ${activation.elapsed.toFixed(1)} ms`);
  return { ...services, trees, statusBar, activation };
}
