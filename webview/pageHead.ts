import { type Child, element } from './element';

/** What stands on top of a page, also while it is scrolled: its heading with what can be done there, and lines below. */
export function pageHead(heading: HTMLElement, actions: readonly Child[], ...below: readonly Child[]): HTMLElement {
  return element(
    'header',
    { class: 'page-head' },
    element('div', { class: 'title-line' }, heading, element('div', { class: 'actions' }, ...actions)),
    ...below,
  );
}
