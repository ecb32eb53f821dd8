import * as vscode from 'vscode';
import { UserError } from '../../src/protocol/errors';
import { pickOne } from '../inputs/pickers';
import { kindOf, stateOf } from '../jobs/activity';
import type { Services } from '../services';
import { nameInChoice } from '../shown';

/** One of the runs of this workspace, by its folder. @throws UserError when there is none. */
export async function pickRun(runs: Services['runs'], title: string): Promise<string | undefined> {
  const listed = await runs.list();
  if (listed.length === 0)
    throw new UserError(
      vscode.l10n.t('There is no run in this workspace yet.'),
      vscode.l10n.t('Start one with Fine-Tune… or Validate on LFW….'),
    );
  if (listed.length === 1) return listed[0]!.folder;
  const choices = listed.map(({ record, name, folder }) => ({
    label: nameInChoice(name),
    description: `${kindOf(record)}: ${stateOf(record)}`,
    detail: record.id,
    value: folder,
  }));
  return pickOne(title, vscode.l10n.t('Which run?'), choices);
}
