import * as l10n from '@vscode/l10n';
import { type Child, element } from './element';

/** How a number was measured, item by item: without this it cannot be compared. */
export function recipeCard(rows: readonly (readonly [name: string, value: string])[], ...more: Child[]): HTMLElement {
  const list = element('dl', { class: 'recipe' });
  for (const [name, value] of rows) list.append(element('dt', {}, name), element('dd', {}, value));
  return element(
    'section',
    { class: 'card' },
    element('header', { class: 'card-head' }, element('h2', {}, l10n.t('Recipe'))),
    list,
    ...more,
  );
}
