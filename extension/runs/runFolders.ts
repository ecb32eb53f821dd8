import { join } from 'node:path';
import * as vscode from 'vscode';
import { askFirst } from '../inputs/modal';
import { UserError } from '../../src/protocol/errors';
import { isActive } from '../../src/protocol/runRules';
import type { ListedRun } from '../../src/run/runList';
import { counted } from '../counts';
import { stateOf } from '../jobs/activity';
import { readRecord } from '../jobs/launching';
import { optionsOf, pathOf } from '../inputs/targets';
import type { Services } from '../services';
import { expand } from '../workspace/library';
import { revealPath } from '../workspace/reveal';
import { moveToTrash, trashedInWords } from '../workspace/trash';
import { chosenRuns } from './chosenRuns';
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
 * Moves the folders of runs to the trash, after asking; a running one, or one that lies elsewhere, is refused, and then
 * none is moved.
 * `{folder, confirmed: true}` is not asked again. Where there is no trash they are left in place, saying so. Resolves to
 * the folders that are gone.
 */
export async function deleteRuns({ runs, jobs, notices }: Services, argument?: unknown): Promise<string[] | undefined> {
  const chosen = await chosenRuns(runs, argument, vscode.l10n.t('Delete Run'));
  if (chosen.length === 0) {
    const typed = pathOf(argument, 'folder');
    // Says what is wrong with a folder that is no run of the workspace.
    if (typed !== undefined) await readRecord(expand(typed));
    return undefined;
  }
  for (const { folder, name, record: listed } of chosen) {
    if (runs.liesElsewhere(folder))
      throw new UserError(
        vscode.l10n.t('{0} lies outside of this workspace and is not deleted from here.', name),
        vscode.l10n.t('Detach from Run Folder takes it out of the list.'),
      );
    const record = jobs.follower(folder)?.record ?? listed;
    if (!isActive(record.state)) continue;
    throw new UserError(
      vscode.l10n.t('{0} is {1} and cannot be deleted.', name, stateOf(record)),
      vscode.l10n.t('Stop it first.'),
    );
  }
  const confirmed = optionsOf<{ confirmed: boolean }>(argument).confirmed === true;
  if (!confirmed && !(await ask(chosen))) return undefined;
  const gone: string[] = [];
  let place: string | undefined;
  try {
    for (const { folder } of chosen) {
      place = await moveToTrash(folder);
      gone.push(folder);
    }
  } finally {
    runs.refresh();
  }
  const [only] = chosen;
  const what = chosen.length === 1 ? only!.name : counted.runs(chosen.length);
  notices.information(trashedInWords(what, place));
  return gone;
}

/** Names that are read in a question; of more runs the number is told. */
const mostNames = 8;

async function ask(chosen: readonly ListedRun[]): Promise<boolean> {
  const yes = vscode.l10n.t('Move to Trash');
  const [only] = chosen;
  if (chosen.length === 1) {
    const detail = vscode.l10n.t('Its curves, reports and the checkpoints in {0} go with it.', only!.folder);
    return (await askFirst(vscode.l10n.t('Delete the run {0}?', only!.name), [detail], yes)) === yes;
  }
  const names = chosen.slice(0, mostNames).map(({ name }) => name);
  const more = chosen.length > mostNames ? [vscode.l10n.t('and {0} more', chosen.length - mostNames)] : [];
  const detail = vscode.l10n.t('Their curves, reports and checkpoints go with them.');
  const question = vscode.l10n.t('Delete {0}?', counted.runs(chosen.length));
  return (await askFirst(question, [...names, ...more, detail], yes)) === yes;
}
