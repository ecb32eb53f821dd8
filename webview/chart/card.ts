import { type Child, element } from '../element';

/** What heads a card, with what is to be known of it behind; read out they are two words and not one. */
export function cardTitle(title: string, note?: Child): HTMLElement {
  const behind = note === undefined || note === false || note === '' ? [] : [' ', element('small', {}, note)];
  return element('h2', {}, title, ...behind);
}

/** A titled frame with a chart; the unit stands beside the title, the legend on a line of its own. */
export function card(title: string, unit: Child, legend: Child, ...content: Child[]): HTMLElement {
  return element(
    'section',
    { class: 'card' },
    element('header', { class: 'card-head' }, cardTitle(title, unit), legend),
    ...content,
  );
}
