import { basename } from 'node:path';
import * as vscode from 'vscode';
import { nameInChoice } from '../shown';
import { askFirst } from '../inputs/modal';
import { deleteCheckpoint as removeCheckpoint, planDeletion } from '../../src/checkpoint/deleteCheckpoint';
import { stepOf } from '../../src/checkpoint/locateModel';
import { UserError } from '../../src/protocol/errors';
import { pickOne } from '../inputs/pickers';
import { optionsOf, pathOf } from '../inputs/targets';
import type { Services } from '../services';
import { expand } from '../workspace/library';
import { checkpointsOfRun } from '../workspace/runCheckpoints';
import { moveToTrash, trashedInWords } from '../workspace/trash';

/**
 * Moves one checkpoint of a run to the trash, after asking and saying what depends on it; refused while the run is
 * active. `{prefix, confirmed: true}` is not asked again. Resolves to the prefix that is gone.
 */
export async function deleteCheckpoint(services: Services, argument?: unknown): Promise<string | undefined> {
  const { library, runs, notices } = services;
  const known = await checkpointsOf(services);
  const typed =
    pathOf(argument, 'prefix') ??
    (await pickOne(
      vscode.l10n.t('Delete Checkpoint'),
      vscode.l10n.t('Checkpoint to delete'),
      known.map(({ title, prefix, step, best }) => ({
        label: nameInChoice(vscode.l10n.t('{0}, step {1}', title, step)),
        ...(best && { description: vscode.l10n.t('best') }),
        value: prefix,
      })),
    ));
  if (typed === undefined) return undefined;
  const prefix = expand(typed);
  const folder = known.find((checkpoint) => checkpoint.prefix === prefix)?.folder;
  if (folder === undefined)
    throw new UserError(
      vscode.l10n.t('{0} is no checkpoint of a run of this workspace.', prefix),
      vscode.l10n.t('Choose one in the Checkpoints view.'),
    );
  const plan = await planDeletion(folder, prefix);
  if (optionsOf<{ confirmed: boolean }>(argument).confirmed !== true && !(await ask(plan))) return undefined;
  let place: string | undefined;
  try {
    await removeCheckpoint(folder, prefix, async (file) => {
      place = await moveToTrash(file);
    });
  } finally {
    runs.refresh();
    library.refresh();
  }
  notices.information(trashedInWords(basename(prefix), place));
  return prefix;
}

async function checkpointsOf({
  runs,
}: Services): Promise<{ folder: string; title: string; prefix: string; step: number; best: boolean }[]> {
  const trained = (await runs.list()).filter(
    ({ folder, record }) => record.request.kind === 'train' && !runs.liesElsewhere(folder),
  );
  const found = await Promise.all(
    trained.map(async ({ folder, record, name }) =>
      (await checkpointsOfRun(record, folder)).map((checkpoint) => ({ folder, title: name, ...checkpoint })),
    ),
  );
  return found.flat();
}

async function ask(plan: Awaited<ReturnType<typeof planDeletion>>): Promise<boolean> {
  const sentences = [
    ...(plan.best ? [vscode.l10n.t('It is the best one of its run.')] : []),
    ...(plan.resumed
      ? [
          plan.resumesFrom === undefined
            ? vscode.l10n.t('It is the one that Resume goes on from; without it the run begins again.')
            : vscode.l10n.t(
                'It is the one that Resume goes on from; without it the run goes on from step {0}.',
                plan.resumesFrom.step,
              ),
        ]
      : []),
    plan.files.map((file) => basename(file)).join(', '),
  ];
  const yes = vscode.l10n.t('Move to Trash');
  const step = stepOf(plan.prefix);
  const question = vscode.l10n.t('Delete the checkpoint of step {0}?', step ?? basename(plan.prefix));
  return (await askFirst(question, sentences, yes)) === yes;
}
