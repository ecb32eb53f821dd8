import * as vscode from 'vscode';
import { commandIds } from '../identifiers';
import type { Notices } from '../notices';

/** What only looks; all else starts or ends processes, or changes files, by what a folder says. */
const looking: ReadonlySet<string> = new Set([
  commandIds.showGallery,
  commandIds.filterDatasets,
  commandIds.showOnlyProblems,
  commandIds.clearDatasetFilter,
  commandIds.openRunFolder,
  commandIds.showMetrics,
  commandIds.compareReport,
  commandIds.showCheckpoint,
  commandIds.compareCheckpoints,
  commandIds.restorePlan,
  commandIds.doctor,
  commandIds.openWalkthrough,
  commandIds.refresh,
  commandIds.reveal,
  commandIds.showLog,
]);

/** Whether a command has to wait for the user's trust; looking at a folder needs none. */
export function needsTrust(command: string, isTrusted: boolean): boolean {
  return !isTrusted && !looking.has(command);
}

/** Says why nothing happens in a folder that is not trusted, and where that can be changed. */
export function askForTrust(notices: Notices): undefined {
  notices.warning(
    vscode.l10n.t(
      'This folder is not trusted, so no job is started and no file is changed in it; what it holds can be looked at. Trust it to go on.',
    ),
    {
      title: vscode.l10n.t('Manage Workspace Trust'),
      run: () => vscode.commands.executeCommand('workbench.trust.manage'),
    },
  );
}
