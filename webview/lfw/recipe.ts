import type { Deviation, LfwReport } from '../../src/protocol/lfwReport';
import { element } from '../element';
import { count, integer } from '../format';

const standardizations: Record<NonNullable<LfwReport['recipe']['standardization']>, string> = {
  fixed: 'fixed: (x − 127.5) / 128',
  per_image: 'per image: zero mean, unit variance',
  dlib: "dlib's channel means",
};

const alignments: Record<NonNullable<LfwReport['recipe']['alignment']>, string> = {
  box: 'detector box with margin',
  landmarks: 'eyes and nose on fixed positions',
};

/** How the images were treated and measured: a number without this cannot be compared. */
export function recipeCard({ recipe, deviations, model, imagesDir, pairs }: LfwReport): HTMLElement {
  const rows: [string, string][] = [
    ['Model', model.path],
    ['Images', imagesDir],
    ['Pairs', `${integer(pairs.used)}: ${integer(pairs.same)} same, ${integer(pairs.different)} different`],
    ...treatment(recipe),
    ['Distance', recipe.distanceMetric === 0 ? 'squared Euclidean' : 'angle / π'],
    ['Flipped images', recipe.useFlippedImages ? 'concatenated' : 'not used'],
    ['Mean subtracted', recipe.subtractMean ? 'of the training folds' : 'no'],
    ['Folds', String(recipe.folds)],
  ];
  const list = element('dl', { class: 'recipe' });
  for (const [name, value] of rows) list.append(element('dt', {}, name), element('dd', {}, value));
  return element(
    'section',
    { class: 'card' },
    element('header', { class: 'card-head' }, element('h2', {}, 'Recipe')),
    list,
    deviations !== undefined && deviationTable(deviations),
  );
}

/** Why this number may differ from the published one, item by item. */
function deviationTable(deviations: readonly Deviation[]): HTMLElement {
  if (deviations.length === 0)
    return element('p', { class: 'none' }, 'Measured as the published numbers of this kind of model were.');
  const row = (cells: readonly string[], tag: 'td' | 'th'): HTMLElement =>
    element('tr', {}, ...cells.map((cell) => element(tag, {}, cell)));
  return element(
    'details',
    { class: 'deviations', open: '' },
    element('summary', {}, `Differs from the published evaluation in ${count(deviations.length, 'item')}`),
    element(
      'table',
      {},
      element('thead', {}, row(['', 'here', 'published'], 'th')),
      element('tbody', {}, ...deviations.map(({ item, here, published }) => row([item, here, published], 'td'))),
    ),
  );
}

/** The image treatment; where only embeddings were given, nothing is known of it. */
function treatment({ alignment, imageSize, standardization }: LfwReport['recipe']): [string, string][] {
  if (alignment === undefined && imageSize === undefined && standardization === undefined) {
    return [['Image treatment', 'not known: embeddings were given']];
  }
  return [
    ['Alignment', alignment === undefined ? '–' : alignments[alignment]],
    ['Image size', imageSize === undefined ? '–' : `${imageSize} × ${imageSize} px`],
    ['Standardisation', standardization === undefined ? '–' : standardizations[standardization]],
  ];
}

/** What the evaluation noticed, and the pairs that it could not use; undefined when there is nothing to say. */
export function noticesCard({ notes, pairs }: LfwReport, warnings: readonly string[]): HTMLElement | undefined {
  const { skipped } = pairs;
  if (notes.length === 0 && skipped.length === 0 && warnings.length === 0) return undefined;
  const line = (text: string, level: 'info' | 'warning'): HTMLElement =>
    element(
      'li',
      { class: level },
      element('span', { class: 'badge' }, level === 'info' ? 'Note' : 'Warning'),
      element('span', { class: 'message' }, text),
    );
  return element(
    'section',
    { class: 'card' },
    element('header', { class: 'card-head' }, element('h2', {}, 'Notes')),
    element(
      'ul',
      { class: 'messages' },
      ...warnings.map((text) => line(text, 'warning')),
      ...notes.map((text) => line(text, 'info')),
    ),
    skipped.length > 0 &&
      element(
        'details',
        { class: 'skipped' },
        element('summary', {}, `${integer(skipped.length)} pairs could not be used`),
        element(
          'ul',
          {},
          ...skipped.map(({ line: text, reason }) => element('li', {}, element('code', {}, text), ` ${reason}`)),
        ),
      ),
  );
}
