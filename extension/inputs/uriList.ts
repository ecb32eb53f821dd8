import * as vscode from 'vscode';

/** The type of a drag that names files and folders. */
export const uriList = 'text/uri-list';

/** Files and folders in the format of a drag: one URI a line, comments begin with #. */
export function urisOf(list: string): vscode.Uri[] {
  return list
    .split(/\r?\n/)
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => vscode.Uri.parse(line));
}
