import { type Child, element } from '../element';

/** A titled frame with a chart; the unit stands beside the title, the legend on a line of its own. */
export function card(title: string, unit: Child, legend: Child, ...content: Child[]): HTMLElement {
  const heading = element('h2', {}, title, unit !== undefined && element('small', {}, unit));
  return element('section', { class: 'card' }, element('header', { class: 'card-head' }, heading, legend), ...content);
}
