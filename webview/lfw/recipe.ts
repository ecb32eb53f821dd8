import type { Deviation, LfwReport } from '../../src/protocol/lfwReport';
import { recipeRows } from '../../src/evaluate/recipeRows';
import { element } from '../element';
import { count, integer } from '../format';

/** How the images were treated and measured: a number without this cannot be compared. */
export function recipeCard({ recipe, deviations, model, imagesDir, pairs }: LfwReport): HTMLElement {
  const rows: [string, string][] = [
    ['Model', model.path],
    ['Images', imagesDir === '' ? 'not known: embeddings were given' : imagesDir],
    [
      'Pairs',
      `${integer(pairs.used)}: ${integer(pairs.same)} same, ${integer(pairs.different)} different, ${integer(pairs.skipped.length)} skipped`,
    ],
    ...recipeRows(recipe),
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
