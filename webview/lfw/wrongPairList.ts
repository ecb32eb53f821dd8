import * as l10n from '@vscode/l10n';
import { shownImage } from '../../src/evaluate/reportNames';
import type { ReportPair } from '../../src/protocol/lfwReport';
import { shownText } from '../../src/protocol/shownText';
import { element, fill, setText } from '../element';
import { integer } from '../format';
import { linkButton } from '../ui';

/** Pairs on one page of the list: what fits a screen, so that thousands of wrong pairs cost no more than a few. */
const pageSize = 24;

export interface WrongPairListOptions {
  title: string;
  /** What the mistake is, in a few words. */
  explanation: string;
  /** Address of the folder that the paths of the pairs are relative to; absent: names only. */
  imageBase: string | undefined;
  /** Page that is shown first, from 0; moved back where there are fewer. */
  page: number;
  /** Another page is shown. */
  onPage(page: number): void;
  /** The user wants to see this picture at its full size. */
  onOpen(path: string): void;
}

/** All pairs of one kind of mistake, the worst first, page by page, with their pictures where they can be loaded. */
export class WrongPairList {
  readonly element: HTMLElement;
  private readonly count = element('span', { class: 'count' });
  private readonly list = element('div', {});
  private readonly where = element('span', { class: 'page-range', role: 'status' });
  private readonly pager: HTMLElement;
  private readonly back: HTMLButtonElement[];
  private readonly forth: HTMLButtonElement[];
  private page: number;
  private pairs: readonly ReportPair[] = [];
  private threshold = 0;
  private drawn = false;

  constructor(private readonly options: WrongPairListOptions) {
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
      element(
        'header',
        { class: 'card-head' },
        element('h2', {}, title, element('small', {}, explanation)),
        this.count,
      ),
      this.list,
      this.pager,
    );
  }

  /** Shows the pairs that are wrong at a threshold; the page stays where they are the same as before. */
  set(pairs: readonly ReportPair[], threshold: number): void {
    const unchanged = pairs.length === this.pairs.length && pairs.every((pair, index) => pair === this.pairs[index]);
    this.pairs = pairs;
    this.threshold = threshold;
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
        ? element('p', { class: 'none' }, l10n.t('None at threshold {0}.', this.threshold.toFixed(2)))
        : element('ul', { class: 'pairs' }, ...shown.map((pair) => this.pairElement(pair))),
    );
  }

  private pairElement({ a, b, distance, fold }: ReportPair): HTMLElement {
    const { imageBase } = this.options;
    return element(
      'li',
      { class: 'pair' },
      imageBase !== undefined &&
        element('div', { class: 'pictures' }, this.picture(imageBase, a), this.picture(imageBase, b)),
      element('div', { class: 'pair-names' }, this.nameElement(a), this.nameElement(b)),
      element(
        'div',
        { class: 'pair-distance' },
        l10n.t('distance {0}', distance.toFixed(3)),
        element('small', {}, l10n.t('fold {0}', fold + 1)),
      ),
    );
  }

  private nameElement(path: string): HTMLElement {
    const name = shownImage(path);
    if (this.options.imageBase === undefined) return element('span', { title: path }, name);
    const link = linkButton(name, () => this.options.onOpen(path));
    link.title = shownText(l10n.t('Open {0}', path));
    return link;
  }

  private picture(imageBase: string, path: string): HTMLElement {
    const address = `${imageBase}/${path.split(/[\\/]/).map(encodeURIComponent).join('/')}`;
    // The name stands below each picture; said twice it would be in the way.
    const image = element('img', {
      ...{ src: address, alt: '', width: 72, height: 72 },
      ...{ loading: 'lazy', decoding: 'async', crossorigin: 'anonymous' },
    });
    image.addEventListener('error', () => {
      const title = l10n.t('{0} cannot be shown: it was moved, deleted, or is no picture any more', path);
      image.replaceWith(element('span', { class: 'no-picture', title }, l10n.t('picture is gone')));
    });
    return image;
  }
}
