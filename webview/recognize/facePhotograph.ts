import * as l10n from '@vscode/l10n';
import type { RecognizedFace } from '../../src/protocol/recognition';
import type { ShownPhotograph } from '../../src/protocol/webview';
import { element, fill } from '../element';
import { isUnknown, nameOf, shownPerson, similarityText } from './answers';

export interface FacePhotograph {
  readonly element: HTMLElement;
  /** @param address of the picture; absent where there is none, or not yet */
  show(photograph: ShownPhotograph, address: string | undefined): void;
  /** Names the faces anew. */
  name(threshold: number, chosen: number): void;
}

/** A photograph with a box around each of its faces, which are buttons. */
export function facePhotograph(actions: {
  choose(face: number): void;
  /** The file cannot be shown as it is. */
  failed(path: string): void;
}): FacePhotograph {
  const picture = element('img', { alt: '', decoding: 'async' });
  picture.crossOrigin = 'anonymous';
  const boxes = element('div', { class: 'boxes' });
  const stage = element('div', { class: 'photograph' }, picture, boxes);
  const none = element('p', { class: 'none' });
  let shown: ShownPhotograph | undefined;
  let faces: readonly RecognizedFace[] = [];
  picture.addEventListener('error', () => {
    // Not a picture that the host has made, nor one of before.
    if (shown?.address === picture.getAttribute('src')) actions.failed(shown.path);
  });
  return {
    element: element('div', { class: 'photograph-place' }, stage, none),
    show(photograph, address) {
      const { found } = photograph;
      shown = photograph;
      faces = found !== undefined && 'faces' in found ? found.faces : [];
      stage.hidden = address === undefined;
      if (address === undefined) picture.removeAttribute('src');
      else if (picture.getAttribute('src') !== address) picture.src = address;
      picture.alt = photograph.name;
      const size: [number, number] = found !== undefined && 'size' in found ? found.size : [1, 1];
      stage.style.setProperty('--shape', `${size[0]} / ${size[1]}`);
      fill(
        boxes,
        ...faces.map(({ box }, index) => {
          const [x1, y1, x2, y2] = box;
          const node = element('button', { type: 'button', class: 'face' }, element('span', { class: 'face-name' }));
          const percent = (value: number, whole: number): string => `${(100 * value) / whole}%`;
          node.style.left = percent(Math.max(0, x1), size[0]);
          node.style.top = percent(Math.max(0, y1), size[1]);
          node.style.width = percent(Math.min(size[0], x2) - Math.max(0, x1), size[0]);
          node.style.height = percent(Math.min(size[1], y2) - Math.max(0, y1), size[1]);
          // A name below a face at the lower edge would be outside of the picture.
          node.classList.toggle('low', y2 > 0.9 * size[1]);
          node.addEventListener('click', () => actions.choose(index));
          return node;
        }),
      );
      none.textContent =
        found === undefined
          ? l10n.t('Not looked at yet.')
          : 'problem' in found
            ? found.problem
            : found.faces.length === 0
              ? l10n.t('No face was found in this photograph.')
              : '';
      none.hidden = none.textContent === '';
    },
    name(threshold, chosen) {
      for (const [index, node] of [...boxes.children].entries()) {
        const face = faces[index]!;
        const name = nameOf(face, threshold);
        const [first] = face.nearest;
        node.classList.toggle('unknown', isUnknown(face, threshold));
        node.setAttribute('aria-pressed', String(index === chosen));
        node.setAttribute(
          'aria-label',
          first === undefined
            ? l10n.t('Face {0}: {1}', index + 1, name)
            : l10n.t(
                'Face {0}: {1}, nearest {2} with {3}',
                index + 1,
                name,
                shownPerson(first.name),
                similarityText(first.similarity),
              ),
        );
        fill(node.firstElementChild!, name);
      }
    },
  };
}
