import { basename, dirname } from 'node:path';
import * as vscode from 'vscode';
import { listPeople } from '../../src/dataset/scan';
import type { ErasureOutcome, ErasurePlan } from '../../src/protocol/erasure';
import { erasureRemainders, erasureStepInWords } from '../../src/words/erasureWords';
import { grouped } from '../counts';
import { commandIds } from '../identifiers';
import { askFirst } from '../inputs/modal';
import { pickDataset, pickOne } from '../inputs/pickers';
import { optionsOf } from '../inputs/targets';
import { readAnswer } from '../jobs/commandAnswer';
import { failureOf } from '../jobs/commandLine';
import { ownIndexHome } from '../jobs/datasetIndexes';
import { rootFor } from '../jobs/jobRequests';
import { nameInChoice } from '../shown';
import { expand, shorten, workspaceRoots } from '../workspace/library';
import type { DatasetServices } from './datasetServices';

interface EraseOptions {
  dataset: string;
  /** Name of the folder. */
  person: string;
  /** Not asked again. */
  confirmed: boolean;
}

/**
 * Takes a person out of every dataset, cache and list of this workspace: shows what will happen, asks, then does it in
 * a child process. Their images go to the trash. Resolves to what was done.
 */
export async function erasePerson(services: DatasetServices, argument?: unknown): Promise<ErasureOutcome | undefined> {
  const { library, thumbnails, checks, runs, notices } = services;
  const who = await whom(services, argument);
  if (who === undefined) return undefined;
  const { dataset, person } = who;
  const known = (await library.datasets()).map(({ path }) => path);
  const folders = [...new Set([...workspaceRoots(), ...known, dataset])];
  const home = ownIndexHome();
  const run = async (...flags: string[]): Promise<string> => {
    const command = ['erase', person, ...folders, ...(home === undefined ? [] : ['--home', home]), '--json', ...flags];
    const { code, stdout, stderr } = await services.commandLine.run(command, {
      cwd: rootFor(dataset, dirname(dataset)),
    });
    if (code !== 0) throw failureOf('erase', code, stderr);
    return stdout;
  };
  const { erasureOutcomeSchema, erasurePlanSchema } = await import('../../src/protocol/erasure');
  const plan = readAnswer(erasurePlanSchema, 'erase', await run());
  if (plan.steps.length > 0 && optionsOf<EraseOptions>(argument).confirmed !== true && !(await ask(plan)))
    return undefined;
  let outcome: ErasureOutcome;
  try {
    outcome = readAnswer(erasureOutcomeSchema, 'erase', await run('--yes'));
  } finally {
    for (const { kind, path } of plan.steps) {
      if (kind !== 'folder') continue;
      thumbnails.forgetBelow(path);
      const gone = checks.ofPerson(dirname(path), person).map((problem) => problem.path);
      checks.forget(dirname(path), gone);
    }
    library.refresh();
    runs.refresh();
  }
  const moved = await toTrashOfDesktop(outcome);
  tell(notices, { ...outcome, moved });
  return { ...outcome, moved };
}

/** The person that a row, or who called, means; else they are chosen. */
async function whom(
  { library }: DatasetServices,
  argument: unknown,
): Promise<{ dataset: string; person: string } | undefined> {
  const row = argument as { kind?: unknown; dataset?: unknown; person?: { name?: unknown } } | undefined;
  if (row?.kind === 'person' && typeof row.dataset === 'string' && typeof row.person?.name === 'string')
    return { dataset: row.dataset, person: row.person.name };
  const title = vscode.l10n.t('Erase Person');
  const given = optionsOf<EraseOptions>(argument);
  const typed = given.dataset ?? (await pickDataset(library, title, vscode.l10n.t('A dataset that they are in')));
  if (typed === undefined || typed === null) return undefined;
  const dataset = expand(typed);
  const person =
    given.person ??
    (await pickOne(
      title,
      vscode.l10n.t('Person to erase'),
      (await listPeople(dataset)).map((name) => ({ label: nameInChoice(name.replaceAll('_', ' ')), value: name })),
    ));
  return person === undefined ? undefined : { dataset, person };
}

/** Lines of a question that are read; of more the number is told. */
const mostLines = 10;

async function ask(plan: ErasurePlan): Promise<boolean> {
  const shortly = (lines: readonly string[]): string[] =>
    lines.length <= mostLines
      ? [...lines]
      : [...lines.slice(0, mostLines), vscode.l10n.t('and {0} more', grouped(lines.length - mostLines))];
  const detail = [
    ...shortly(plan.steps.map((step) => erasureStepInWords(step, shorten(step.path)))),
    ...erasureRemainders(plan, shorten).flatMap(({ heading, lines }) => ['', heading, ...shortly(lines)]),
  ];
  const yes = vscode.l10n.t('Erase');
  const question = vscode.l10n.t('Erase {0}? Their images go to the trash.', plan.person.replaceAll('_', ' '));
  return (await askFirst(question, detail, yes)) === yes;
}

/** A window may have a trash where a terminal has none: what went to a folder goes on there. Without one it stays in it. */
async function toTrashOfDesktop({ moved }: ErasureOutcome): Promise<ErasureOutcome['moved']> {
  const now: ErasureOutcome['moved'] = [];
  for (const image of moved) {
    const isTaken =
      image.trash ||
      (await vscode.workspace.fs.delete(vscode.Uri.file(image.to), { recursive: true, useTrash: true }).then(
        () => true,
        () => false,
      ));
    now.push({ ...image, trash: isTaken });
  }
  return now;
}

function tell(notices: DatasetServices['notices'], { person, steps, moved, checkpoints }: ErasureOutcome): void {
  const name = person.replaceAll('_', ' ');
  const kept = moved.find(({ trash }) => !trash);
  const done =
    kept === undefined
      ? vscode.l10n.t('{0} was erased; their images are in the trash.', name)
      : vscode.l10n.t(
          '{0} was erased; there is no trash here, and their images lie in {1}.',
          name,
          shorten(dirname(dirname(kept.to))),
        );
  const trained =
    checkpoints.length === 0
      ? ''
      : checkpoints.length === 1
        ? ` ${vscode.l10n.t('{0} has learned from them.', basename(checkpoints[0]!.prefix))}`
        : ` ${vscode.l10n.t('{0} checkpoints have learned from them.', grouped(checkpoints.length))}`;
  const reveal = {
    title: vscode.l10n.t('Reveal'),
    run: () => vscode.commands.executeCommand(commandIds.reveal, kept!.to),
  };
  // What becomes of them was asked before; why one was not trained again may have turned out since.
  const classifiers = steps
    .filter(({ kind }) => kind === 'classifier')
    .map((step) => ` ${erasureStepInWords(step, basename(step.path))}.`)
    .join('');
  notices.information(done + trained + classifiers, ...(kept === undefined ? [] : [reveal]));
}
