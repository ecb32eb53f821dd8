// How the images that were held out of the training are named, by person.
import * as l10n from '@vscode/l10n';
import type { PeopleResult, PersonResult } from '../../src/protocol/peopleResult';
import { percent } from '../../src/words/rates';
import { counted } from '../counts';
import { cardTitle } from '../chart/card';
import { scrollingTable } from '../chart/table';
import { element, fill } from '../element';
import { integer } from '../format';

type Column = 'person' | 'right' | 'taken';
interface Order {
  column: Column;
  descending: boolean;
}

/** More rows than this are asked for. */
const shownRows = 100;

const share = ({ right, images }: Pick<PersonResult, 'right' | 'images'>): number => right / images;

const compare: Record<Column, (a: PersonResult, b: PersonResult) => number> = {
  person: (a, b) => a.name.localeCompare(b.name),
  // Of those with the same share the ones with more images say more.
  right: (a, b) => share(a) - share(b) || b.images - a.images,
  taken: (a, b) => (a.takenFor[0]?.images ?? 0) - (b.takenFor[0]?.images ?? 0),
};

/** A card with a row for each person, worst first until another column is chosen. */
export class PeopleTable {
  readonly element = element('section', { class: 'card people' });
  private result: PeopleResult | undefined;
  private order: Order = { column: 'right', descending: false };
  private all = false;

  constructor() {
    this.element.hidden = true;
  }

  update(result: PeopleResult): void {
    this.result = result;
    this.element.hidden = result.people.length === 0;
    this.draw();
  }

  private draw(focus?: Column | 'more'): void {
    const { result, order } = this;
    if (result === undefined) return;
    const sorted = [...result.people].sort(
      (a, b) => (order.descending ? -1 : 1) * compare[order.column](a, b) || a.name.localeCompare(b.name),
    );
    const rows = this.all ? sorted : sorted.slice(0, shownRows);
    const names: Record<Column, string> = {
      person: l10n.t('Person'),
      right: l10n.t('Named right'),
      taken: l10n.t('Taken for'),
    };
    const columns = Object.keys(names) as Column[];
    const heads = columns.map((column) => this.head(column, names[column]));
    const note = l10n.t(
      '{0} of {1} named right ({2}) at step {3}; none of them was trained with',
      integer(result.right),
      counted.images(result.images),
      percent(share(result)),
      integer(result.step),
    );
    fill(
      this.element,
      element('header', { class: 'card-head' }, cardTitle(l10n.t('Held-out images, by person'), note)),
      scrollingTable(l10n.t('Held-out images, by person'), heads, rows.map(rowOf)),
      ...(rows.length < sorted.length ? [this.more(sorted.length)] : []),
    );
    if (focus === 'more') this.element.querySelector<HTMLElement>('.table-scroll')?.focus();
    else if (focus !== undefined) heads[columns.indexOf(focus)]!.querySelector('button')!.focus();
  }

  private head(column: Column, name: string): HTMLElement {
    const { order } = this;
    const isSorted = order.column === column;
    const arrow = isSorted ? (order.descending ? ' ▼' : ' ▲') : '';
    const sort = element('button', { class: 'link', type: 'button' }, `${name}${arrow}`);
    sort.addEventListener('click', () => {
      this.order = { column, descending: isSorted ? !order.descending : column === 'taken' };
      this.draw(column);
    });
    const sorted = isSorted ? (order.descending ? 'descending' : 'ascending') : undefined;
    return element('th', { scope: 'col', class: column === 'right' ? 'number' : undefined, 'aria-sort': sorted }, sort);
  }

  private more(people: number): HTMLElement {
    const button = element('button', { class: 'link', type: 'button' }, l10n.t('Show all {0} people', integer(people)));
    button.addEventListener('click', () => {
      this.all = true;
      this.draw('more');
    });
    return button;
  }
}

function rowOf(person: PersonResult): HTMLElement {
  const { name, images, right, takenFor } = person;
  const others = takenFor.map((other) => `${other.name} (${integer(other.images)})`);
  const shown = others.length > 3 ? [...others.slice(0, 3), '…'] : others;
  return element(
    'tr',
    {},
    element('th', { scope: 'row' }, name),
    element(
      'td',
      { class: 'number' },
      `${percent(share(person))} · ${l10n.t('{0} of {1}', integer(right), integer(images))}`,
    ),
    element('td', { class: 'taken-for', title: others.join(', ') }, shown.length === 0 ? '–' : shown.join(', ')),
  );
}
