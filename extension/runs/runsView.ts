import * as vscode from 'vscode';
import { disposeAll } from '../disposable';
import { commandIds, rowCommands, viewIds } from '../identifiers';
import type { RunsTree } from './runsTree';

/** The Runs view; a click on a row shows its metrics. */
export function createRunsView(tree: RunsTree): vscode.Disposable {
  const view = vscode.window.createTreeView(viewIds.runs, { treeDataProvider: tree });
  const owned = [
    view,
    // VS Code tells what is selected before it calls what the row asks for.
    vscode.commands.registerCommand(rowCommands.openRun, async () =>
      view.selection.length === 0
        ? undefined
        : vscode.commands.executeCommand(commandIds.showMetrics, view.selection[0]!.folder),
    ),
  ];
  return { dispose: () => disposeAll(owned) };
}
