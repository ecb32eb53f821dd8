import { dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { isInside } from '../../src/files/insideFolder';
import { workspaceRoots } from './library';

/**
 * Moves a file or a folder to the trash: VS Code's own, or where it has none (on a server) that of the machine's user, else
 * into `.facenet/trash` of its workspace folder. Resolves to where it lies then, undefined for VS Code's trash.
 * @throws UserError where it can be moved nowhere; then it is where it was
 */
export async function moveToTrash(path: string): Promise<string | undefined> {
  try {
    await vscode.workspace.fs.delete(vscode.Uri.file(path), { recursive: true, useTrash: true });
    return undefined;
  } catch {
    const { throwAway } = await import('../../src/files/trash');
    const root = workspaceRoots().find((folder) => isInside(folder, path)) ?? dirname(path);
    return (await throwAway(path, { otherwise: join(root, '.facenet', 'trash') })).to;
  }
}

/** Says that something is in the trash, and where that is where VS Code cannot take it back. @param place of `moveToTrash` */
export function trashedInWords(what: string, place: string | undefined): string {
  return place === undefined
    ? vscode.l10n.t('{0} moved to the trash.', what)
    : vscode.l10n.t('{0} moved to {1}: VS Code has no trash on this machine.', what, dirname(place));
}
