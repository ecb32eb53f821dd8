import * as vscode from 'vscode';
import { disposeAll } from '../disposable';
import { commandIds, rowCommands, viewIds } from '../identifiers';
import type { RunsTree } from './runsTree';

/** The Runs view; a click on a row shows its metrics, keys do what its menu has. */
export function createRunsView(tree: RunsTree): vscode.Disposable {
  const view = vscode.window.createTreeView(viewIds.runs, { treeDataProvider: tree });
  // VS Code tells what is selected before it calls what the row asks for.
  const onSelected = async (command: string): Promise<unknown> => {
    const [selected] = view.selection;
    return selected === undefined ? undefined : vscode.commands.executeCommand(command, { folder: selected.folder });
  };
  const owned = [
    view,
    vscode.commands.registerCommand(rowCommands.openRun, async () => onSelected(commandIds.showMetrics)),
    vscode.commands.registerCommand(rowCommands.onSelectedRun, onSelected),
  ];
  return { dispose: () => disposeAll(owned) };
}
