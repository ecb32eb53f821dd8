import { join } from 'node:path';
import * as vscode from 'vscode';
import { UserError } from '../../src/protocol/errors';
import { kindOf, stateOf } from '../jobs/activity';
import { readRecord } from '../jobs/launching';
import { reportOf } from '../lfw/results';
import { pickOne } from '../inputs/pickers';
import { optionsOf, pathOf } from '../inputs/targets';
import type { Services } from '../services';
import { expand, isInside, workspaceRoots } from '../workspace/library';

/**
 * Opens the tab of a run: the report of a validation, the curves of anything else. `{folder, report}` opens one report
 * of a run. Resolves to what is shown.
 */
export async function showMetrics(
  { panels, runs }: Services,
  argument?: unknown,
): Promise<{ page: 'run' | 'lfw'; path: string } | undefined> {
  const folder = pathOf(argument, 'folder') ?? (await pickRun(runs));
  if (folder === undefined) return undefined;
  const path = expand(folder);
  const { report } = optionsOf<{ report: string }>(argument);
  const file = report === undefined ? reportOf(await readRecord(path), path) : join(path, report);
  if (file === undefined) {
    await panels.showRun(path);
    return { page: 'run', path };
  }
  await panels.showReport(file);
  return { page: 'lfw', path: file };
}

/** One of the runs of this workspace. @throws UserError when there is none. */
export async function pickRun(
  runs: Services['runs'],
  title = vscode.l10n.t('Show Metrics'),
): Promise<string | undefined> {
  const listed = await runs.list();
  if (listed.length === 0)
    throw new UserError(
      vscode.l10n.t('There is no run in this workspace yet.'),
      vscode.l10n.t('Start one with Fine-Tune… or Validate on LFW….'),
    );
  if (listed.length === 1) return listed[0]!.folder;
  const choices = listed.map(({ record, folder }) => ({
    label: record.title,
    description: `${kindOf(record)}: ${stateOf(record)}`,
    detail: record.id,
    value: folder,
  }));
  return pickOne(title, vscode.l10n.t('Which run?'), choices);
}

/**
 * Shows a file or folder where the user looks for files: in the Explorer, or outside of VS Code when it is not in there.
 * With a remote workspace the desktop has no such file; its path is put on the clipboard instead.
 */
export async function reveal({ notices }: Services, argument?: unknown): Promise<void> {
  const path = pathOf(argument, 'path', 'folder', 'prefix');
  if (path === undefined || path === 'starter') return;
  const uri = vscode.Uri.file(expand(path));
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

/** Opens the walkthrough, from an empty folder to an LFW report. */
export async function openWalkthrough(): Promise<void> {
  await vscode.commands.executeCommand(
    'workbench.action.openWalkthrough',
    'facenet-workbench.facenet-workbench#start',
    false,
  );
}
