// What shows whether the training made the model better: the question of Fine-Tune.
import { basename } from 'node:path';
import * as vscode from 'vscode';
import { setPeopleAside } from '../../src/evaluate/setAside';
import { percent } from '../../src/words/rates';
import { counted } from '../counts';
import { commandIds } from '../identifiers';
import { next, pickInStep, type Question } from '../inputs/steps';
import { nameInChoice } from '../shown';
import { expand } from '../workspace/library';
import type { FittingPairs } from './fittingPairs';
import { measureOnAside, measureOnImages, measureOnPairs, usualHeldOut } from './measure';
import { askForPairs, type Asking, trainableDataset } from './questions';

/** The same people for the same dataset, so that runs on it can be compared. */
const seed = 666;
/** Fewer pairs tell nothing. */
const fewestPairs = 80;
/** Where the photographs of LFW and what else is needed of them is told. */
const lfwPage = 'https://vis-www.cs.umass.edu/lfw/';

type Answer = { way: 'pairs'; pairs: FittingPairs } | { way: 'aside' | 'images' | 'choose' | 'add' | 'lfw' | 'none' };
type Row = vscode.QuickPickItem & { value: Answer };

function pairsRow(pairs: FittingPairs): Row {
  const { file, dir, trained } = pairs;
  const who =
    trained === 0
      ? vscode.l10n.t('Strangers to the training')
      : vscode.l10n.t('{0} of the training are on them and are left out of it', counted.people(trained));
  return {
    label: `$(beaker) ${nameInChoice(basename(file))}`,
    description: `${counted.pairs(pairs.pairs)} · ${nameInChoice(basename(dir))}`,
    detail: who,
    value: { way: 'pairs', pairs },
  };
}

/** The ways that there are for this dataset, the one that says most first. */
async function measureRows({ choice, pairs }: Asking): Promise<Row[]> {
  const dataset = await trainableDataset(expand(choice.dataDir!));
  const usable = (await pairs(dataset)).filter(({ trained, mayExclude }) => trained === 0 || mayExclude);
  const aside = await setPeopleAside(dataset, seed);
  const rows = usable.map(pairsRow);
  if (aside !== undefined) {
    const { people, folds, pairsPerFold } = aside;
    rows.push({
      label: `$(organization) ${vscode.l10n.t('Set {0} aside', counted.people(people.length))}`,
      description: vscode.l10n.t('of {0}, by chance', dataset.people.length),
      detail: vscode.l10n.t(
        'Not trained with: {0} of them show how strangers are told apart',
        counted.pairs(2 * folds * pairsPerFold),
      ),
      value: { way: 'aside' },
    });
  }
  // A file with hardly any pairs says less than people who are set aside.
  rows.sort((a, b) => Number(isSmall(a)) - Number(isSmall(b)));
  const images: Row = {
    label: `$(checklist) ${vscode.l10n.t('Held-out images only')}`,
    description: vscode.l10n.t('{0} of each person', percent(usualHeldOut)),
    detail: vscode.l10n.t('Shows how well these people are named; says nothing of strangers'),
    value: { way: 'images' },
  };
  const missing: Row[] = [
    {
      label: `$(folder-opened) ${vscode.l10n.t('Add images…')}`,
      detail: vscode.l10n.t('To set people aside takes 8 people or more, with about 10 images each'),
      value: { way: 'add' },
    },
    {
      label: `$(link-external) ${vscode.l10n.t('Get the photographs of LFW…')}`,
      detail: vscode.l10n.t('Strangers to measure on, with their pairs; align them as your people'),
      value: { way: 'lfw' },
    },
  ];
  return [
    ...rows,
    images,
    ...(rows.length === 0 ? missing : []),
    { label: `$(list-selection) ${vscode.l10n.t('Choose faces and a pairs file…')}`, value: { way: 'choose' } },
    { label: `$(circle-slash) ${vscode.l10n.t('Do not validate')}`, value: { way: 'none' } },
  ];
}

function isSmall({ value }: Row): boolean {
  return value.way === 'pairs' && value.pairs.pairs < fewestPairs;
}

export function measureQuestion(asking: Asking): Question {
  const { services, choice } = asking;
  return {
    name: 'lfw',
    async ask(title) {
      for (;;) {
        const placeHolder = vscode.l10n.t('How to see whether it got better');
        const answer = await pickInStep<Answer>(title, placeHolder, measureRows(asking));
        if (answer === undefined) return undefined;
        choice.heldOut = usualHeldOut;
        const dir = expand(choice.dataDir!);
        switch (answer.way) {
          case 'pairs':
            measureOnPairs(choice, answer.pairs);
            return next;
          case 'aside':
            await measureOnAside(choice, dir, (await setPeopleAside(await trainableDataset(dir), seed))!);
            return next;
          case 'images':
          case 'none':
            measureOnImages(choice, answer.way === 'images' ? usualHeldOut : 0);
            return next;
          case 'choose': {
            const chosen = await askForPairs(services, title, choice.lfw);
            if (chosen === undefined) return undefined;
            if (chosen === 'back') break;
            choice.lfw = chosen;
            choice.excludePeople = undefined;
            return next;
          }
          case 'add':
            await vscode.commands.executeCommand(commandIds.reveal, dir);
            break;
          case 'lfw':
            await vscode.env.openExternal(vscode.Uri.parse(lfwPage));
            break;
        }
      }
    },
  };
}
