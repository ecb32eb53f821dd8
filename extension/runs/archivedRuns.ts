import * as vscode from 'vscode';
import { contextKeys } from '../identifiers';
import type { Services } from '../services';

/** Archived runs are among the others in the Runs view until this window is closed, or they are hidden again. */
export async function showArchived({ runs }: Pick<Services, 'runs'>): Promise<void> {
  await set(runs, true);
}

export async function hideArchived({ runs }: Pick<Services, 'runs'>): Promise<void> {
  await set(runs, false);
}

async function set(runs: Services['runs'], shown: boolean): Promise<void> {
  runs.archivedShown = shown;
  await vscode.commands.executeCommand('setContext', contextKeys.archivedRunsShown, shown);
  runs.refresh();
}
