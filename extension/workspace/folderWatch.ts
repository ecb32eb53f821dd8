import * as vscode from 'vscode';
import { type Disposes, disposeAll, toDisposable } from '../disposable';

/** Copying a folder makes many events; what follows them is done once, this long after the last one. */
const quietMilliseconds = 500;

/**
 * Calls `onChange` after entries of this one folder have come or gone. What lies in its folders is not watched: a system
 * has watches for some thousand folders, a dataset may have more.
 */
export function watchFolder(folder: string, onChange: () => void): Disposes {
  const pattern = new vscode.RelativePattern(vscode.Uri.file(folder), '*');
  const watcher = vscode.workspace.createFileSystemWatcher(pattern, false, true, false);
  let timer: NodeJS.Timeout | undefined;
  const later = (): void => {
    clearTimeout(timer);
    timer = setTimeout(onChange, quietMilliseconds);
  };
  const owned = [
    watcher.onDidCreate(later),
    watcher.onDidDelete(later),
    watcher,
    toDisposable(() => clearTimeout(timer)),
  ];
  return toDisposable(() => disposeAll(owned));
}
