import * as vscode from 'vscode';
import { isInside } from '../../src/files/insideFolder';
import type { Notices } from '../notices';
import { workspaceRoots } from './library';

/**
 * Shows a file or folder where the user looks for files: in the Explorer, or outside of VS Code when it is not in there.
 * With a remote workspace the desktop has no such file; its path is put on the clipboard instead.
 */
export async function revealPath(path: string, notices: Notices): Promise<void> {
  const uri = vscode.Uri.file(path);
  const known = workspaceRoots().some((root) => isInside(root, uri.fsPath));
  if (known) await vscode.commands.executeCommand('revealInExplorer', uri);
  else if (isOnThisDesktop()) await vscode.commands.executeCommand('revealFileInOS', uri);
  else {
    await vscode.env.clipboard.writeText(uri.fsPath);
    notices.information(
      vscode.l10n.t('{0} is outside of the workspace, on the remote machine; its path has been copied.', uri.fsPath),
    );
  }
}

/** Whether the files that the extension sees lie where VS Code is shown. */
function isOnThisDesktop(): boolean {
  return vscode.env.remoteName === undefined && vscode.env.uiKind === vscode.UIKind.Desktop;
}
