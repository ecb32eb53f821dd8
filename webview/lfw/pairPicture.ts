import * as l10n from '@vscode/l10n';
import { element } from '../element';

/** Address of an image below the address of its folder. */
function addressIn(imageBase: string, path: string): string {
  return `${imageBase}/${path.split(/[\\/]/).map(encodeURIComponent).join('/')}`;
}

/** The face of a pair, with an empty description, as its name stands beside it; a picture that is gone says so. */
export function pictureElement(imageBase: string, path: string, size: number): HTMLElement {
  return showing(addressIn(imageBase, path), size, {
    text: l10n.t('picture is gone'),
    title: l10n.t('{0} cannot be shown: it was moved, deleted, or is no picture any more', path),
  });
}

/** The photograph at an address. */
export function photographElement(address: string, size: number): HTMLElement {
  return showing(address, size, {
    text: l10n.t('cannot be shown here'),
    title: l10n.t('The photograph is of a kind that is not shown here, or was moved or deleted'),
  });
}

function showing(src: string, size: number, otherwise: { text: string; title: string }): HTMLElement {
  const image = element('img', {
    ...{ src, alt: '', width: size, height: size },
    ...{ loading: 'lazy', decoding: 'async', crossorigin: 'anonymous' },
  });
  image.addEventListener('error', () => {
    image.replaceWith(element('span', { class: 'no-picture', title: otherwise.title }, otherwise.text));
  });
  return image;
}
