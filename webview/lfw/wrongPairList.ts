import type { ReportPair } from '../../src/protocol/lfwReport';
import { element, fill } from '../element';
import { baseName, integer, rate } from '../format';
import { linkButton } from '../ui';

/** Pairs shown at first and added by each "show more". */
const portion = 24;

/** The pairs of one kind of mistake, the worst first, with their pictures where they can be loaded. */
export class WrongPairList {
  readonly element = element('section', { class: 'card' });
  private shown = portion;
  private pairs: readonly ReportPair[] = [];
  private threshold = 0;

  /** @param imageBase address of the folder that the paths of the pairs are relative to; absent: names only. */
  constructor(
    private readonly title: string,
    private readonly explanation: string,
    private readonly imageBase: string | undefined,
  ) {}

  set(pairs: readonly ReportPair[], threshold: number): void {
    const unchanged = pairs.length === this.pairs.length && pairs.every((pair, index) => pair === this.pairs[index]);
    this.pairs = pairs;
    this.threshold = threshold;
    if (!unchanged || this.element.childElementCount === 0) {
      this.shown = portion;
      this.render();
    }
  }

  private render(): void {
    const shown = this.pairs.slice(0, this.shown);
    const left = this.pairs.length - shown.length;
    fill(
      this.element,
      element(
        'header',
        { class: 'card-head' },
        element('h2', {}, this.title, element('small', {}, this.explanation)),
        element('span', { class: 'count' }, integer(this.pairs.length)),
      ),
      shown.length === 0
        ? element('p', { class: 'none' }, `None at threshold ${rate(this.threshold, 2)}.`)
        : element('ul', { class: 'pairs' }, ...shown.map((pair) => this.pairElement(pair))),
      left > 0 &&
        linkButton(`Show ${integer(Math.min(left, portion))} more of ${integer(left)}`, () => {
          this.shown += portion;
          this.render();
        }),
    );
  }

  private pairElement({ a, b, distance, fold }: ReportPair): HTMLElement {
    return element(
      'li',
      { class: 'pair' },
      this.imageBase !== undefined && element('div', { class: 'pictures' }, this.picture(a), this.picture(b)),
      element('div', { class: 'pair-names' }, this.nameElement(a), this.nameElement(b)),
      element(
        'div',
        { class: 'pair-distance' },
        `distance ${rate(distance, 3)}`,
        element('small', {}, `fold ${fold + 1}`),
      ),
    );
  }

  private nameElement(path: string): HTMLElement {
    return element('span', { title: path }, baseName(path).replace(/\.[^.]+$/, ''));
  }

  private picture(path: string): HTMLElement {
    const address = `${this.imageBase}/${path.split(/[\\/]/).map(encodeURIComponent).join('/')}`;
    const image = element('img', { src: address, alt: '', loading: 'lazy', decoding: 'async', width: 72, height: 72 });
    image.addEventListener('error', () => {
      image.replaceWith(element('span', { class: 'no-picture' }, 'no picture'));
    });
    return image;
  }
}
