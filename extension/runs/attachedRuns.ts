// Runs that lie elsewhere than in the workspace: in the list of this window, and out of it again.
import { dirname } from 'node:path';
import * as vscode from 'vscode';
import { UserError } from '../../src/protocol/errors';
import { runFolderMeant } from '../../src/run/attachedRuns';
import { browseFolder, pickOne } from '../inputs/pickers';
import { pathOf } from '../inputs/targets';
import { commandIds } from '../identifiers';
import type { Services } from '../services';
import { nameInChoice } from '../shown';
import { expand } from '../workspace/library';
import { showMetrics } from './showMetrics';

/**
 * Adds a run folder that lies anywhere to the runs of this workspace and opens its tab; nothing is written to it. A run of
 * the workspace is opened alone. Resolves to the run folder.
 * @throws UserError when the folder that was chosen is no run folder
 */
export async function attachRun(services: Services, argument?: unknown): Promise<string | undefined> {
  const title = vscode.l10n.t('Attach to Run Folder');
  const typed = pathOf(argument, 'folder') ?? (await browseFolder(title, vscode.l10n.t('Attach')));
  if (typed === undefined) return undefined;
  const { runs, notices } = services;
  const folder = await runFolderMeant(expand(typed));
  const known = (await runs.list()).find((run) => run.folder === folder);
  if (known === undefined) {
    await runs.attached.add(folder);
    runs.refresh();
    const name = (await runs.list()).find((run) => run.folder === folder)?.name ?? folder;
    notices.information(vscode.l10n.t('{0} is now in the Runs view; it stays where it is.', name), {
      title: vscode.l10n.t('Detach'),
      run: () => vscode.commands.executeCommand(commandIds.detachRun, { folder }),
    });
  }
  await showMetrics(services, { folder });
  return folder;
}

/** Takes a run folder that was attached out of the list; nothing on disk is touched. Resolves to the folder. */
export async function detachRun({ runs }: Pick<Services, 'runs'>, argument?: unknown): Promise<string | undefined> {
  const named = pathOf(argument, 'folder');
  const folder = named === undefined ? await pickAttached(runs) : expand(named);
  if (folder === undefined) return undefined;
  if (!runs.attached.has(folder))
    throw new UserError(
      vscode.l10n.t('{0} is not attached.', folder),
      vscode.l10n.t('Runs of the workspace itself stay in its Runs view; Archive leaves them out.'),
    );
  await runs.attached.remove(folder);
  runs.refresh();
  return folder;
}

async function pickAttached(runs: Services['runs']): Promise<string | undefined> {
  const { folders } = runs.attached;
  if (folders.length === 0)
    throw new UserError(
      vscode.l10n.t('No run folder is attached.'),
      vscode.l10n.t('Attach to Run Folder… shows a run that lies elsewhere.'),
    );
  const names = new Map((await runs.list()).map(({ folder, name }) => [folder, name]));
  const choices = folders.map((folder) => ({
    label: nameInChoice(names.get(folder) ?? folder),
    description: dirname(folder),
    value: folder,
  }));
  return pickOne(vscode.l10n.t('Detach from Run Folder'), vscode.l10n.t('Which run?'), choices);
}
