import * as vscode from 'vscode';
import type { Notices } from '../notices';
import type { Command } from './command';

/** Whether a command has to wait for the user's trust; looking at a folder needs none. */
export function needsTrust({ looks }: Command<never>, isTrusted: boolean): boolean {
  return !isTrusted && looks !== true;
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
