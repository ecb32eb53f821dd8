import * as l10n from '@vscode/l10n';
import { shownImage } from '../../src/evaluate/reportNames';
import type { ReportPair } from '../../src/protocol/lfwReport';
import { cardTitle } from '../chart/card';
import { element, fill, setText } from '../element';
import { integer } from '../format';
import { linkButton } from '../ui';
import { pictureElement } from './pairPicture';

/** Pairs on one page of the list: what fits a screen, so that thousands of wrong pairs cost no more than a few. */
const pageSize = 24;

/** A pair in a list, with what it was before where that is known. */
export interface ListedPair {
  pair: ReportPair;
  distanceBefore?: number;
}

export interface PairListOptions {
  title: string;
  /** What the pairs have in common, in a few words. */
  explanation: string;
  /** Address of the folder that the paths of the pairs are relative to; absent: names only. */
  imageBase: string | undefined;
  /** Page that is shown first, from 0; moved back where there are fewer. */
  page: number;
  /** Another page is shown. */
  onPage: (page: number) => void;
  /** Stands in place of the pairs where there are none. */
  none: () => string;
  /** The user wants to see this pair large. */
  onOpen: (pair: ListedPair) => void;
}

/** Pairs of one kind, page by page, with their pictures where they can be loaded. */
export class PairList {
  readonly element: HTMLElement;
  private readonly count = element('span', { class: 'count' });
  private readonly list = element('div', {});
  private readonly where = element('span', { class: 'page-range', role: 'status' });
  private readonly pager: HTMLElement;
  private readonly back: HTMLButtonElement[];
  private readonly forth: HTMLButtonElement[];
  private page: number;
  private pairs: readonly ListedPair[] = [];
  private drawn = false;

  constructor(private readonly options: PairListOptions) {
    const { title, explanation } = options;
    this.page = options.page;
    const turn = (label: string, to: () => number): HTMLButtonElement => linkButton(label, () => this.turn(to()));
    this.back = [turn(l10n.t('First'), () => 0), turn(l10n.t('Previous'), () => this.page - 1)];
    this.forth = [turn(l10n.t('Next'), () => this.page + 1), turn(l10n.t('Last'), () => this.pages - 1)];
    this.pager = element(
      'nav',
      { class: 'pager', 'aria-label': l10n.t('Pages of “{0}”', title) },
      ...this.back,
      this.where,
      ...this.forth,
    );
    this.element = element(
      'section',
      { class: 'card', 'aria-label': title },
      element('header', { class: 'card-head' }, cardTitle(title, explanation), this.count),
      this.list,
      this.pager,
    );
  }

  /** Shows these pairs; the page stays where they are the same as before. */
  set(pairs: readonly ListedPair[]): void {
    const unchanged =
      pairs.length === this.pairs.length && pairs.every(({ pair }, index) => pair === this.pairs[index]!.pair);
    this.pairs = pairs;
    if (unchanged && this.drawn && pairs.length > 0) return;
    this.go(this.drawn ? 0 : this.page);
  }

  private get pages(): number {
    return Math.max(1, Math.ceil(this.pairs.length / pageSize));
  }

  private go(page: number): void {
    const before = this.page;
    this.page = Math.max(0, Math.min(this.pages - 1, page));
    if (this.page !== before) this.options.onPage(this.page);
    this.render();
  }

  private turn(page: number): void {
    this.go(page);
    this.element.scrollIntoView({ block: 'nearest' });
  }

  private render(): void {
    this.drawn = true;
    const { length } = this.pairs;
    const from = this.page * pageSize;
    const shown = this.pairs.slice(from, from + pageSize);
    setText(this.count, integer(length));
    this.pager.hidden = this.pages === 1;
    setText(this.where, l10n.t('{0}–{1} of {2}', ...[from + 1, from + shown.length, length].map(integer)));
    // `aria-disabled` instead of `disabled`: the button that has been pressed keeps the focus at the last page.
    for (const button of this.back) button.setAttribute('aria-disabled', String(this.page === 0));
    for (const button of this.forth) button.setAttribute('aria-disabled', String(this.page === this.pages - 1));
    fill(
      this.list,
      shown.length === 0
        ? element('p', { class: 'none' }, this.options.none())
        : element('ul', { class: 'pairs' }, ...shown.map((listed) => this.pairElement(listed))),
    );
  }

  private pairElement(listed: ListedPair): HTMLElement {
    const { imageBase, onOpen } = this.options;
    const { a, b, distance, fold } = listed.pair;
    const names = element('span', { class: 'pair-names' }, nameElement(a), nameElement(b));
    const open = element(
      'button',
      { class: 'pair-open', type: 'button', title: l10n.t('Show this pair large') },
      // The names stand below the pictures; said twice they would be in the way.
      imageBase !== undefined &&
        element('span', { class: 'pictures' }, pictureElement(imageBase, a, 72), pictureElement(imageBase, b, 72)),
      names,
    );
    open.addEventListener('click', () => onOpen(listed));
    return element(
      'li',
      { class: 'pair' },
      open,
      element(
        'div',
        { class: 'pair-distance' },
        element('span', {}, distanceInWords(listed)),
        element('small', {}, l10n.t('fold {0}', fold + 1)),
      ),
    );

    function distanceInWords({ distanceBefore }: ListedPair): string {
      return distanceBefore === undefined
        ? l10n.t('distance {0}', distance.toFixed(3))
        : l10n.t('distance {0} → {1}', distanceBefore.toFixed(3), distance.toFixed(3));
    }
  }
}

function nameElement(path: string): HTMLElement {
  return element('span', { title: path }, shownImage(path));
}
