import * as l10n from '@vscode/l10n';
import type { Deviation, LfwReport } from '../../src/protocol/lfwReport';
import { recipeRows } from '../../src/evaluate/recipeRows';
import { element } from '../element';
import { integer } from '../format';
import { recipeCard } from '../recipeCard';

/** How the images were treated and measured: a number without this cannot be compared. */
export function reportRecipe({ recipe, deviations, model, imagesDir, pairs }: LfwReport): HTMLElement {
  const rows: [string, string][] = [
    [l10n.t('Model'), model.path],
    [l10n.t('Images'), imagesDir === '' ? l10n.t('not known: embeddings were given') : imagesDir],
    [
      l10n.t('Pairs'),
      l10n.t(
        '{0}: {1} same, {2} different, {3} skipped',
        ...[pairs.used, pairs.same, pairs.different, pairs.skipped.length].map(integer),
      ),
    ],
    ...recipeRows(recipe),
  ];
  return recipeCard(rows, deviations !== undefined && deviationTable(deviations));
}

/** Why this number may differ from the published one, item by item. */
function deviationTable(deviations: readonly Deviation[]): HTMLElement {
  if (deviations.length === 0)
    return element('p', { class: 'none' }, l10n.t('Measured as the published numbers of this kind of model were.'));
  const row = (cells: readonly string[], tag: 'td' | 'th'): HTMLElement =>
    element('tr', {}, ...cells.map((cell) => element(tag, {}, cell)));
  return element(
    'details',
    { class: 'deviations', open: '' },
    element('summary', {}, differs(deviations.length)),
    element(
      'table',
      {},
      element('thead', {}, row([l10n.t('Setting'), l10n.t('here'), l10n.t('published')], 'th')),
      element('tbody', {}, ...deviations.map(({ item, here, published }) => row([item, here, published], 'td'))),
    ),
  );
}

function differs(items: number): string {
  return items === 1
    ? l10n.t('Differs from the published evaluation in 1 item')
    : l10n.t('Differs from the published evaluation in {0} items', items);
}

/** What the evaluation noticed, and the pairs that it could not use; undefined when there is nothing to say. */
export function noticesCard({ notes, pairs }: LfwReport, warnings: readonly string[]): HTMLElement | undefined {
  const { skipped } = pairs;
  if (notes.length === 0 && skipped.length === 0 && warnings.length === 0) return undefined;
  const line = (text: string, level: 'info' | 'warning'): HTMLElement =>
    element(
      'li',
      { class: level },
      element('span', { class: 'badge' }, level === 'info' ? l10n.t('Note') : l10n.t('Warning')),
      element('span', { class: 'message' }, text),
    );
  return element(
    'section',
    { class: 'card' },
    element('header', { class: 'card-head' }, element('h2', {}, l10n.t('Notes'))),
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
        element('summary', {}, l10n.t('{0} pairs could not be used', integer(skipped.length))),
        element(
          'ul',
          {},
          ...skipped.map(({ line: text, reason }) => element('li', {}, element('code', {}, text), ` ${reason}`)),
        ),
      ),
  );
}
