// Commands that are of no one feature.
import * as vscode from 'vscode';
import { pathOf } from '../inputs/targets';
import type { Services } from '../services';
import { expand } from '../workspace/library';
import { revealPath } from '../workspace/reveal';

/** Opens the walkthrough, from an empty folder to an LFW report. */
export async function openWalkthrough(): Promise<void> {
  await vscode.commands.executeCommand(
    'workbench.action.openWalkthrough',
    'facenet-workbench.facenet-workbench#start',
    false,
  );
}

/** Looks at the workspace and its runs again. */
export async function refresh({ library, runs }: Services): Promise<void> {
  library.refresh();
  runs.refresh();
}

/** Shows what a row or a path stands for where the user looks for files. */
export async function reveal({ notices }: Services, argument?: unknown): Promise<void> {
  const path = pathOf(argument, 'path', 'folder', 'prefix');
  if (path !== undefined && path !== 'starter') await revealPath(expand(path), notices);
}

export async function showLog({ log }: Services): Promise<void> {
  log.show();
}
