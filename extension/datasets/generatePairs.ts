import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { askFirst } from '../inputs/modal';
import { nameInChoice } from '../shown';
import type { OwnPairsRequest } from '../../src/evaluate/ownPairs';
import { counted, grouped } from '../counts';
import { commandIds } from '../identifiers';
import { askWholeNumber } from '../inputs/numbers';
import { browseFolder, pickDataset, pickOne } from '../inputs/pickers';
import { optionsOf, pathOf } from '../inputs/targets';
import type { Services } from '../services';
import { expand, shorten } from '../workspace/library';
import { indexesFor } from '../jobs/datasetIndexes';

/** What Generate Verification Pairs may be called with; what is missing is asked. */
export type GeneratePairsOptions = Partial<Omit<OwnPairsRequest, 'apartFrom' | 'index'>> & {
  /** A dataset or training run whose people are left out; null: nobody. */
  apartFrom?: string | null;
  /** Pairs file to write. */
  out?: string;
  /** Replace `out` where it exists, without asking. */
  replace?: boolean;
};

type Numbers = Pick<OwnPairsRequest, 'folds' | 'pairsPerFold' | 'seed'>;

const defaultSeed = 666;
const title = (): string => vscode.l10n.t('Generate Verification Pairs');

/** Draws pairs of a dataset's people for the LFW protocol and offers to validate on them; resolves to the file. */
export async function generatePairs(services: Services, argument?: unknown): Promise<string | undefined> {
  const { library, notices } = services;
  const given = optionsOf<GeneratePairsOptions>(argument);
  const typed =
    given.dir ??
    pathOf(argument, 'path', 'dataset') ??
    (await pickDataset(library, step(1), vscode.l10n.t('Aligned faces, one folder per person'), { first: 'faces' }));
  if (typed === undefined || typed === null) return undefined;
  const dir = expand(typed);
  const apartFrom = given.apartFrom === undefined ? await pickTrained(services, dir) : given.apartFrom;
  if (apartFrom === undefined) return undefined;
  const apart = apartFrom === null ? {} : { apartFrom: expand(apartFrom) };
  const numbers = await chooseNumbers(given, dir, apart);
  if (numbers === undefined) return undefined;

  const { ownPairs, writePairsFile } = await import('../../src/evaluate/ownPairs');
  // Drawn before a file is named: what is wrong with the people is told first.
  const drawn = await ownPairs({ dir, ...numbers, ...apart, index: await indexesFor(dir) });
  const out = given.out === undefined ? await askForFile(dir) : expand(given.out);
  if (out === undefined) return undefined;
  const replace = given.replace === true || (existsSync(out) && (await mayReplace(out)));
  if (!replace && existsSync(out)) return undefined;
  await writePairsFile(out, drawn.text, { replace });
  tell(notices, { ...drawn, folds: numbers.folds }, dir, out);
  return out;
}

function step(number: number): string {
  return `${title()} (${number}/4)`;
}

function tell(
  notices: Services['notices'],
  drawn: { folds: number; pairsPerFold: number; people: number; trained: number; unnamed: readonly string[] },
  dir: string,
  out: string,
): void {
  const { folds, pairsPerFold, people, trained, unnamed } = drawn;
  const sentences = [
    vscode.l10n.t(
      '{0} of {1} are in {2}.',
      counted.pairs(2 * folds * pairsPerFold),
      counted.people(people),
      shorten(out),
    ),
    ...(trained > 0 ? [leftOut(trained)] : []),
    ...(unnamed.length > 0 ? [withoutImage(unnamed.length)] : []),
  ];
  const actions = [
    {
      title: vscode.l10n.t('Validate…'),
      run: () => vscode.commands.executeCommand(commandIds.validateOnLfw, { dir, pairs: out, folds }),
    },
    { title: vscode.l10n.t('Open'), run: async () => vscode.window.showTextDocument(vscode.Uri.file(out)) },
  ];
  if (unnamed.length > 0) notices.warning(sentences.join(' '), ...actions);
  else notices.information(sentences.join(' '), ...actions);
}

function leftOut(people: number): string {
  return people === 1
    ? vscode.l10n.t('1 person of the training was left out.')
    : vscode.l10n.t('{0} people of the training were left out.', grouped(people));
}

function withoutImage(people: number): string {
  return people === 1
    ? vscode.l10n.t('1 person has no image and is in no pair.')
    : vscode.l10n.t('{0} people have no image and are in no pair.', grouped(people));
}

/** Whose people are left out: a model that is measured on people it was trained on looks better than it is. */
async function pickTrained({ library, runs }: Services, dir: string): Promise<string | null | undefined> {
  const trained = (await runs.list()).filter(({ record }) => record.request.kind === 'train');
  const datasets = (await library.datasets()).filter(({ path }) => path !== dir);
  const choice = await pickOne<string | null>(
    step(2),
    vscode.l10n.t('Leave out the people that the model was trained on'),
    [
      {
        label: vscode.l10n.t('Leave nobody out'),
        description: vscode.l10n.t('none of them was trained on'),
        value: null,
      },
      ...trained.map(({ folder, record, name }) => ({
        label: nameInChoice(name),
        description: vscode.l10n.t('training run'),
        detail: record.id,
        value: folder,
      })),
      ...datasets.map(({ path }) => ({
        label: nameInChoice(basename(path)),
        description: vscode.l10n.t('dataset'),
        detail: shorten(path),
        value: path,
      })),
      { label: `$(folder-opened) ${vscode.l10n.t('Choose a folder…')}`, value: 'browse' },
    ],
  );
  return choice === 'browse' ? browseFolder(step(2), vscode.l10n.t('Choose')) : choice;
}

/** The numbers that suit the dataset, or others. */
async function chooseNumbers(
  given: GeneratePairsOptions,
  dir: string,
  apart: { apartFrom?: string },
): Promise<Numbers | undefined> {
  const { defaultFolds, suggestedPairs, trainedPeople } = await import('../../src/evaluate/ownPairs');
  const { openDataset } = await import('../../src/dataset/datasetIndex');
  const { pairedPeople } = await import('../../src/dataset/generatePairs');
  const known = new Set(apart.apartFrom === undefined ? [] : await trainedPeople(apart.apartFrom));
  const { dataset } = await openDataset(dir, { index: await indexesFor(dir) });
  const people = dataset.people.filter(({ name }) => !known.has(name));
  const folds = given.folds ?? defaultFolds;
  const suggested: Required<Numbers> = {
    folds,
    pairsPerFold: given.pairsPerFold ?? suggestedPairs(await pairedPeople({ people }), folds),
    seed: given.seed ?? defaultSeed,
  };
  if (given.folds !== undefined || given.pairsPerFold !== undefined || given.seed !== undefined) return suggested;
  const choice = await pickOne(step(3), vscode.l10n.t('How many pairs'), [
    {
      label: vscode.l10n.t('{0} folds of 2 × {1}', suggested.folds, counted.pairs(suggested.pairsPerFold)),
      description: vscode.l10n.t('as many as the images are good for; seed {0}', suggested.seed),
      value: 'suggested' as const,
    },
    { label: vscode.l10n.t('Other numbers…'), value: 'other' as const },
  ]);
  if (choice !== 'other') return choice === undefined ? undefined : suggested;
  return askNumbers(suggested);
}

async function askNumbers(suggested: Required<Numbers>): Promise<Numbers | undefined> {
  const folds = await askWholeNumber({
    title: step(3),
    prompt: vscode.l10n.t('Folds of the cross-validation'),
    value: suggested.folds,
    least: 2,
    most: 1000,
  });
  if (folds === undefined) return undefined;
  const pairsPerFold = await askWholeNumber({
    title: step(3),
    prompt: vscode.l10n.t('Pairs of one person in each fold, and as many of two people'),
    value: suggested.pairsPerFold,
    least: 1,
    most: 100_000,
  });
  if (pairsPerFold === undefined) return undefined;
  const seed = await askWholeNumber({
    title: step(3),
    prompt: vscode.l10n.t('Seed: the same one draws the same pairs'),
    value: suggested.seed,
    least: 0,
    most: 2 ** 32 - 1,
  });
  return seed === undefined ? undefined : { folds, pairsPerFold, seed };
}

async function askForFile(dir: string): Promise<string | undefined> {
  const value = join(dirname(dir), `${basename(dir)}_pairs.txt`);
  const typed = await vscode.window.showInputBox({
    title: step(4),
    prompt: vscode.l10n.t('Pairs file to write'),
    value,
    valueSelection: [value.length - basename(value).length, value.length - '.txt'.length],
    ignoreFocusOut: true,
    validateInput: (text) =>
      text.trim() === '' ? vscode.l10n.t('Type the file that the pairs are written to.') : undefined,
  });
  return typed === undefined ? undefined : expand(typed.trim());
}

async function mayReplace(path: string): Promise<boolean> {
  const replace = vscode.l10n.t('Replace');
  const answer = await askFirst(vscode.l10n.t('{0} exists already. Replace it?', basename(path)), [path], replace);
  return answer === replace;
}
