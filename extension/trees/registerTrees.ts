import * as vscode from 'vscode';
import { disposeAll } from '../disposable';
import { viewIds } from '../identifiers';
import type { Services } from '../services';
import { DatasetDrop } from './datasetDrop';
import { CheckpointsTree } from './checkpointsTree';
import { DatasetsTree } from './datasetsTree';
import { RunsTree } from './runsTree';

export interface Trees extends vscode.Disposable {
  datasets: DatasetsTree;
  checkpoints: CheckpointsTree;
  runs: RunsTree;
}

/** The three views of the FaceNet container. */
export function registerTrees({ checks, datasetFilter, jobs, library, runs }: Services): Trees {
  const trees = {
    datasets: new DatasetsTree(library, checks, datasetFilter),
    checkpoints: new CheckpointsTree(library, runs),
    runs: new RunsTree(runs, jobs),
  };
  const datasets = vscode.window.createTreeView(viewIds.datasets, {
    treeDataProvider: trees.datasets,
    showCollapseAll: true,
    dragAndDropController: new DatasetDrop(),
  });
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
    vscode.window.createTreeView(viewIds.runs, { treeDataProvider: trees.runs }),
  ];
  return { ...trees, dispose: () => disposeAll(owned) };
}
