import * as vscode from 'vscode';
import { nameInChoice } from '../shown';
import { UserError } from '../../src/protocol/errors';
import { nameOfRun } from '../../src/protocol/runName';
import { divergedAt, isActive, isResumable } from '../../src/protocol/runRules';
import { readAbout } from '../../src/run/about';
import { kindOf, stateOf } from '../jobs/activity';
import { readRecord } from '../jobs/launching';
import { pickOne } from '../inputs/pickers';
import { pathOf } from '../inputs/targets';
import type { Services } from '../services';
import { expand } from '../workspace/library';
import { showRun } from './runPanel';

/** Stops a job politely: it finishes its step and saves. Resolves to the run's final state. */
export async function stop({ jobs }: Services, argument?: unknown): Promise<string | undefined> {
  const folder = pathOf(argument, 'folder') ?? (await pickActive());
  if (folder === undefined) return undefined;
  const options = { location: vscode.ProgressLocation.Window, title: vscode.l10n.t('FaceNet: stopping') };
  return vscode.window.withProgress(options, async () => (await jobs.stop(expand(folder))).state);

  async function pickActive(): Promise<string | undefined> {
    const { active } = jobs;
    if (active.length === 0)
      throw new UserError(
        vscode.l10n.t('No job is running.'),
        vscode.l10n.t('Jobs are started with Align Dataset, Fine-Tune or Validate on LFW.'),
      );
    if (active.length === 1) return active[0]!.folder;
    const choices = active.map(({ record, name, folder: value }) => ({
      label: nameInChoice(name),
      description: kindOf(record),
      value,
    }));
    return pickOne(vscode.l10n.t('Stop'), vscode.l10n.t('Job to stop'), choices);
  }
}

/**
 * Continues a training from its last checkpoint, in the same run folder; resolves to it. With `slower` in its argument
 * one that has diverged goes on from its best checkpoint, with a tenth of the rate.
 */
export async function resume(
  { jobs, panels, runs }: Services,
  argument?: unknown,
): Promise<{ folder: string } | undefined> {
  const typed = pathOf(argument, 'folder') ?? (await pickResumable(runs));
  if (typed === undefined) return undefined;
  const folder = expand(typed);
  const record = await readRecord(folder);
  const name = nameOfRun(record, await readAbout(folder));
  if (record.request.kind !== 'train')
    throw new UserError(vscode.l10n.t('Only a training can be resumed; {0} is not one.', name));
  if (isActive(record.state)) throw new UserError(vscode.l10n.t('{0} is {1} already.', name, stateOf(record)));
  if (record.state === 'done') {
    throw new UserError(
      vscode.l10n.t('{0} is done; there is nothing left to train.', name),
      vscode.l10n.t('Start another one with Fine-Tune….'),
    );
  }
  const slower = isSlower(argument) && divergedAt(record) !== undefined;
  if (!slower && !isResumable(record)) {
    throw new UserError(
      vscode.l10n.t('{0} has no checkpoint to resume from.', name),
      vscode.l10n.t('Start it again with Fine-Tune….'),
    );
  }
  await jobs.resume(folder, { slower });
  await showRun(panels, folder);
  return { folder };
}

function isSlower(argument: unknown): boolean {
  return typeof argument === 'object' && argument !== null && 'slower' in argument && argument.slower === true;
}

async function pickResumable(runs: Services['runs']): Promise<string | undefined> {
  const resumable = (await runs.list()).flatMap(({ folder, record, name }) =>
    isResumable(record) ? [{ folder, record, name }] : [],
  );
  if (resumable.length === 0) throw new UserError(vscode.l10n.t('There is no training that could be resumed.'));
  const choices = resumable.map(({ record, name, folder }) => ({
    label: nameInChoice(name),
    description: vscode.l10n.t('{0} at step {1}', stateOf(record), record.checkpoint.step),
    value: folder,
  }));
  return pickOne(vscode.l10n.t('Resume'), vscode.l10n.t('Training to continue'), choices);
}
