// What to know of a dataset before it is trained on.
import * as vscode from 'vscode';
import { type Dataset, imageCount } from '../../src/dataset/scan';
import { counted } from '../counts';
import { isAligned } from '../inputs/pickers';
import type { FittingPairs } from './fittingPairs';

/** E.g. `12 people, 144 images`. */
export function sizeInWords(dataset: Pick<Dataset, 'people'>): string {
  return [counted.people(dataset.people.length), counted.images(imageCount(dataset))].join(', ');
}

function peopleWithOneImage({ people }: Pick<Dataset, 'people'>): number {
  return people.filter(({ images }) => images.length === 1).length;
}

/** The same in a few words, for a row. */
export function briefWarnings(dataset: Dataset): string[] {
  const single = peopleWithOneImage(dataset);
  return [
    ...(isAligned(dataset.root) ? [] : [vscode.l10n.t('not aligned here')]),
    ...(single === 0 ? [] : [vscode.l10n.t('{0} with one image', counted.people(single))]),
  ];
}

/** What makes a training on it worth less, in sentences: faces that are not cut out, people with one image, people on pairs. */
export function datasetWarnings(dataset: Dataset, pairs: readonly FittingPairs[]): string[] {
  const single = peopleWithOneImage(dataset);
  const shared = pairs.find(({ trained, dir }) => trained > 0 && dir !== dataset.root);
  return [
    ...(isAligned(dataset.root)
      ? []
      : [
          vscode.l10n.t(
            'These faces were not aligned here: a model that gets another cut than its own learns little. Align Dataset… cuts them out.',
          ),
        ]),
    ...(single === 0
      ? []
      : [vscode.l10n.t('Of {0} there is one image only: little is learned of them.', counted.people(single))]),
    ...(shared === undefined
      ? []
      : [
          vscode.l10n.t(
            '{0} are also on {1}.',
            counted.people(shared.trained),
            vscode.workspace.asRelativePath(shared.file),
          ),
        ]),
  ];
}
