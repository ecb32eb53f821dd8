import * as vscode from 'vscode';
import { disposeAll } from '../disposable';
import { viewIds } from '../identifiers';
import { DatasetDrop } from './datasetDrop';
import type { DatasetFilter } from './datasetFilter';
import type { DatasetsTree } from './datasetsTree';

/** The Datasets view: folders can be dropped on it, and above its rows it says what they are filtered by. */
export function createDatasetsView(tree: DatasetsTree, filter: DatasetFilter): vscode.Disposable {
  const view = vscode.window.createTreeView(viewIds.datasets, {
    treeDataProvider: tree,
    showCollapseAll: true,
    dragAndDropController: new DatasetDrop(),
  });
  const owned = [
    view,
    view.onDidCollapseElement(({ element }) => tree.collapsed(element)),
    filter.onDidChange(() => {
      view.message = filter.message;
    }),
  ];
  return { dispose: () => disposeAll(owned) };
}
