import * as vscode from 'vscode';
import { disposeAll } from '../disposable';
import { commandIds, rowCommands, viewIds } from '../identifiers';
import type { Services } from '../services';
import { DatasetDrop } from '../datasets/datasetDrop';
import { CheckpointsTree } from '../models/checkpointsTree';
import { DatasetsTree } from '../datasets/datasetsTree';
import { RunsTree } from '../runs/runsTree';

export interface Trees extends vscode.Disposable {
  datasets: DatasetsTree;
  checkpoints: CheckpointsTree;
  runs: RunsTree;
}

/** The three views of the FaceNet container. */
export function registerTrees({ checks, datasetFilter, jobs, library, runs: store, thumbnails }: Services): Trees {
  const trees = {
    datasets: new DatasetsTree(library, checks, datasetFilter, thumbnails),
    checkpoints: new CheckpointsTree(library, store),
    runs: new RunsTree(store, jobs),
  };
  const datasets = vscode.window.createTreeView(viewIds.datasets, {
    treeDataProvider: trees.datasets,
    showCollapseAll: true,
    dragAndDropController: new DatasetDrop(),
  });
  const runs = vscode.window.createTreeView(viewIds.runs, { treeDataProvider: trees.runs });
  const owned = [
    trees.datasets,
    trees.checkpoints,
    trees.runs,
    datasets,
    datasets.onDidCollapseElement(({ element }) => trees.datasets.collapsed(element)),
    datasetFilter.onDidChange(() => {
      datasets.message = datasetFilter.message;
    }),
    vscode.window.createTreeView(viewIds.checkpoints, { treeDataProvider: trees.checkpoints, showCollapseAll: true }),
    runs,
    // VS Code tells what is selected before it calls what the row asks for.
    vscode.commands.registerCommand(rowCommands.openRun, async () =>
      runs.selection.length === 0
        ? undefined
        : vscode.commands.executeCommand(commandIds.showMetrics, runs.selection[0]!.folder),
    ),
  ];
  return { ...trees, dispose: () => disposeAll(owned) };
}
