import * as l10n from '@vscode/l10n';
import { shownImage } from '../../src/evaluate/reportNames';
import { cardTitle } from '../chart/card';
import { element, fill } from '../element';
import type { Host } from '../host';
import { button } from '../ui';
import type { ListedPair } from './pairList';
import { photographElement, pictureElement } from './pairPicture';

/** Edges of what is shown, pixels. */
const [faceSize, photographSize] = [240, 320];

/** A pair shown large above the page: its faces, the photographs that they were cut out of, and what can be done with them. */
export class PairView {
  readonly element = element('dialog', { class: 'pair-view', 'aria-label': l10n.t('Pair') });
  private readonly photographs: HTMLElement[] = [];
  private shown: [string, string] | undefined;

  /** @param imageBase address of the folder of the faces; absent where there is none */
  constructor(
    private readonly host: Host<'lfw'>,
    private readonly imageBase: string | undefined,
  ) {
    // Beside the dialog's content, on what lies behind it.
    this.element.addEventListener('click', ({ target }) => {
      if (target === this.element) this.element.close();
    });
  }

  open({ pair: { a, b, same, distance }, distanceBefore }: ListedPair): void {
    this.shown = [a, b];
    this.photographs.length = 0;
    const said = same ? l10n.t('said to be one person') : l10n.t('said to be two people');
    const measured =
      distanceBefore === undefined
        ? l10n.t('distance {0}', distance.toFixed(3))
        : l10n.t('distance {0} → {1}', distanceBefore.toFixed(3), distance.toFixed(3));
    fill(
      this.element,
      element(
        'div',
        { class: 'pair-view-content' },
        element(
          'header',
          { class: 'card-head' },
          cardTitle(`${shownImage(a)} – ${shownImage(b)}`, `${said} · ${measured}`),
          button({ label: l10n.t('Close'), onClick: () => this.element.close() }),
        ),
        element('div', { class: 'pair-sides' }, this.side(a), this.side(b)),
      ),
    );
    this.element.showModal();
    this.host.post({ type: 'wantPhotographs', a, b });
  }

  /** Shows the photographs of the pair that is open, in its order. */
  showPhotographs(a: string, b: string, addresses: readonly (string | undefined)[]): void {
    if (this.shown?.[0] !== a || this.shown[1] !== b) return;
    this.shown.forEach((path, side) => {
      const address = addresses[side];
      if (address === undefined) return;
      const open = button({
        label: l10n.t('Open Photograph'),
        onClick: () => this.host.post({ type: 'openPhotograph', path }),
      });
      fill(this.photographs[side]!, photographElement(address, photographSize), open);
    });
  }

  private side(path: string): HTMLElement {
    const { imageBase } = this;
    const name = shownImage(path);
    const ask = (type: 'openPicture' | 'wrongLabel' | 'excludeImage') => (): void => this.host.post({ type, path });
    const photograph = element('div', { class: 'photograph' });
    this.photographs.push(photograph);
    return element(
      'section',
      { class: 'pair-side', 'aria-label': name },
      element('h3', { title: path }, name),
      element(
        'div',
        { class: 'pair-pictures' },
        imageBase !== undefined && pictureElement(imageBase, path, faceSize),
        photograph,
      ),
      element(
        'div',
        { class: 'pair-actions' },
        button({ label: l10n.t('Open'), title: l10n.t('Open the face in an editor'), onClick: ask('openPicture') }),
        button({
          label: l10n.t('Wrong Label…'),
          title: l10n.t('This is somebody else: move the picture to the right person'),
          onClick: ask('wrongLabel'),
        }),
        button({
          label: l10n.t('Exclude'),
          title: l10n.t('Take the picture out of the folder; it is kept beside it'),
          onClick: ask('excludeImage'),
        }),
      ),
    );
  }
}
