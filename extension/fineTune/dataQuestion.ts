// The first question of Fine-Tune: whose faces. What is wrong with them is told here.
import { basename, dirname } from 'node:path';
import * as vscode from 'vscode';
import type { Dataset } from '../../src/dataset/scan';
import { commandIds } from '../identifiers';
import { browseFolder, isAligned } from '../inputs/pickers';
import { next, pickInStep, type Question } from '../inputs/steps';
import { indexesFor } from '../jobs/datasetIndexes';
import { nameInChoice } from '../shown';
import { expand, placeOf } from '../workspace/library';
import type { FineTuneChoice } from './choice';
import { briefWarnings, sizeInWords } from './datasetFacts';
import { isOnPairs } from './fittingPairs';
import { type AskingFor, trainableDataset, untilUsable } from './questions';

/** A dataset that is not listed by then has a row without facts. */
const patienceMilliseconds = 1500;

type Answer = { path: string } | { align: string } | 'browse';
type Row = vscode.QuickPickItem & { value: Answer };
/** `measured`: its people are on a pairs file. */
type DatasetRow = Row & { measured: boolean };

/** Characters of a name and its place that a row of a window of 900 pixels has room for. */
const roomForPlace = 45;

async function listedInTime(path: string): Promise<Dataset | undefined> {
  const { openDataset } = await import('../../src/dataset/datasetIndex');
  const options = { index: await indexesFor(path), signal: AbortSignal.timeout(patienceMilliseconds) };
  return openDataset(path, options).then(
    ({ dataset }) => dataset,
    () => undefined,
  );
}

/** Where it is, as far as a row has room for that. */
function describe(path: string): string {
  const place = placeOf(path);
  const long = basename(path).length + place.join(' · ').length > roomForPlace;
  return [
    ...(isAligned(path) ? [vscode.l10n.t('aligned faces')] : []),
    ...(long ? [vscode.l10n.t('in {0}', basename(dirname(path)))] : place),
  ].join(' · ');
}

async function datasetRow(path: string): Promise<DatasetRow> {
  const dataset = await listedInTime(path);
  const measured = dataset !== undefined && (await isOnPairs(dataset.people.map(({ name }) => name)));
  const warnings = dataset === undefined ? [] : briefWarnings(dataset);
  return {
    label: nameInChoice(basename(path)),
    description: describe(path),
    ...(dataset !== undefined && {
      detail: [sizeInWords(dataset), ...(warnings.length === 0 ? [] : [`$(warning) ${warnings.join(', ')}`])].join(
        '  ',
      ),
    }),
    value: { path },
    measured,
  };
}

/** Aligned faces first, those that are there to measure on after the others; where there are none, aligning the photographs comes first. */
async function dataRows({ services }: AskingFor<object>): Promise<Row[]> {
  const paths = (await services.library.datasets()).map(({ path }) => path);
  const faces = paths.filter(isAligned);
  const others = paths.filter((path) => !isAligned(path));
  const align = others.map((path): Row => ({
    label: `$(wand) ${vscode.l10n.t('Align the faces of {0} first…', nameInChoice(basename(path)))}`,
    detail: vscode.l10n.t('Networks see faces cut out of photographs'),
    value: { align: path },
  }));
  return [
    ...(await Promise.all(faces.map(datasetRow))).sort((a, b) => Number(a.measured) - Number(b.measured)),
    ...(faces.length === 0 ? align : []),
    ...(await Promise.all(others.map(datasetRow))),
    { label: `$(folder-opened) ${vscode.l10n.t('Choose a folder…')}`, alwaysShow: true, value: 'browse' },
  ];
}

export function dataQuestion(asking: AskingFor<Pick<FineTuneChoice, 'dataDir'>>): Question {
  const { services, choice } = asking;
  return {
    name: 'data',
    async ask(title) {
      const ask = async (): Promise<string | undefined> => {
        for (;;) {
          const rows = dataRows(asking);
          const before = choice.dataDir === undefined ? undefined : expand(choice.dataDir);
          const active =
            before === undefined
              ? undefined
              : (await rows).find(({ value }) => typeof value === 'object' && 'path' in value && value.path === before);
          const answer = await pickInStep<Answer>(
            title,
            vscode.l10n.t('Aligned faces to train on'),
            rows,
            active?.value,
          );
          if (answer === undefined) return undefined;
          if (answer === 'browse') {
            const folder = await browseFolder(title.title, vscode.l10n.t('Choose'));
            if (folder !== undefined) return folder;
          } else if ('path' in answer) return answer.path;
          else {
            await vscode.commands.executeCommand(commandIds.alignDataset, answer.align);
            services.library.refresh();
          }
        }
      };
      const answer = await untilUsable(services, ask, async (path) => trainableDataset(expand(path)));
      if (answer === undefined) return undefined;
      choice.dataDir = answer;
      return next;
    },
  };
}
