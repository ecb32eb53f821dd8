import * as vscode from 'vscode';
import { viewIds } from '../identifiers';
import type { CheckpointsTree } from './checkpointsTree';

/** The Checkpoints view. */
export function createCheckpointsView(tree: CheckpointsTree): vscode.Disposable {
  return vscode.window.createTreeView(viewIds.checkpoints, { treeDataProvider: tree, showCollapseAll: true });
}
