import * as vscode from 'vscode';
import { commandIds } from '../identifiers';
import type { Notices } from '../notices';

/** What starts or ends processes, or writes files, by what a folder says. */
const asking: ReadonlySet<string> = new Set([
  commandIds.addDataset,
  commandIds.checkDataset,
  commandIds.alignDataset,
  commandIds.addPretrainedModel,
  commandIds.downloadModel,
  commandIds.fineTune,
  commandIds.stop,
  commandIds.resume,
  commandIds.validateOnLfw,
  commandIds.exportReport,
  commandIds.generatePairs,
  commandIds.createDemoWorkspace,
  commandIds.installEngine,
]);

/** Whether a command has to wait for the user's trust; looking at a folder needs none. */
export function needsTrust(command: string, isTrusted: boolean): boolean {
  return !isTrusted && asking.has(command);
}

/** Says why nothing happens in a folder that is not trusted, and where that can be changed. */
export function askForTrust(notices: Notices): undefined {
  notices.warning(
    vscode.l10n.t(
      'This needs a workspace that you trust: it starts processes or writes files by what the folder says.',
    ),
    {
      title: vscode.l10n.t('Manage Workspace Trust'),
      run: () => vscode.commands.executeCommand('workbench.trust.manage'),
    },
  );
}
