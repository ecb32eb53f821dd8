import { join } from 'node:path';
import * as vscode from 'vscode';
import { askFirst } from '../inputs/modal';
import { UserError, describeError } from '../../src/protocol/errors';
import { isActive } from '../../src/protocol/runRules';
import { stateOf } from '../jobs/activity';
import { readRecord } from '../jobs/launching';
import { optionsOf, pathOf } from '../inputs/targets';
import type { Services } from '../services';
import { expand } from '../workspace/library';
import { revealPath } from '../workspace/reveal';
import { pickRun } from './pickRun';

/** Shows a run's folder where the user looks for files; resolves to it. */
export async function openRunFolder({ runs, notices }: Services, argument?: unknown): Promise<string | undefined> {
  const typed = pathOf(argument, 'folder') ?? (await pickRun(runs, vscode.l10n.t('Open Folder')));
  if (typed === undefined) return undefined;
  const folder = expand(typed);
  await readRecord(folder);
  await revealPath(join(folder, 'run.json'), notices);
  return folder;
}

/**
 * Moves a run's folder to the trash, after asking; a running one is refused. `{folder, confirmed: true}` is not asked
 * again. Where there is no trash it is left in place, saying so. Resolves to the folder that is gone.
 */
export async function deleteRun({ runs, jobs, notices }: Services, argument?: unknown): Promise<string | undefined> {
  const typed = pathOf(argument, 'folder') ?? (await pickRun(runs, vscode.l10n.t('Delete Run')));
  if (typed === undefined) return undefined;
  const folder = expand(typed);
  const read = await readRecord(folder);
  const record = jobs.follower(folder)?.record ?? read;
  if (isActive(record.state)) {
    throw new UserError(
      vscode.l10n.t('{0} is {1} and cannot be deleted.', record.title, stateOf(record)),
      vscode.l10n.t('Stop it first.'),
    );
  }
  const confirmed = optionsOf<{ confirmed: boolean }>(argument).confirmed === true;
  if (!confirmed && !(await ask(record.title, folder))) return undefined;
  try {
    await vscode.workspace.fs.delete(vscode.Uri.file(folder), { recursive: true, useTrash: true });
  } catch (error) {
    throw new UserError(
      vscode.l10n.t('{0} could not be moved to the trash ({1}).', folder, describeError(error)),
      vscode.l10n.t('Delete the folder yourself where there is no trash.'),
    );
  }
  runs.refresh();
  notices.information(vscode.l10n.t('{0} was moved to the trash.', record.title));
  return folder;
}

async function ask(title: string, folder: string): Promise<boolean> {
  const yes = vscode.l10n.t('Move to Trash');
  const detail = vscode.l10n.t('Its curves, reports and the checkpoints in {0} go with it.', folder);
  const question = vscode.l10n.t('Delete the run {0}?', title);
  return (await askFirst(question, [detail], yes)) === yes;
}
