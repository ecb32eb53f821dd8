import * as l10n from '@vscode/l10n';
import type { NearPerson, RecognizedFace } from '../../src/protocol/recognition';
import { shownText } from '../../src/protocol/shownText';
import { element, fill } from '../element';
import type { HostPictures } from '../gallery/hostPictures';
import { linkButton } from '../ui';
import { isUnknown, mostNearest, nameOf, shownPerson, sureness } from './answers';

export interface FaceAnswers {
  readonly element: HTMLElement;
  show(faces: readonly RecognizedFace[], threshold: number, chosen: number): void;
  /** Pictures have come. */
  drawPictures(): void;
}

/** Each face of a photograph with the enrolled people whom it is most like, and their pictures. */
export function faceAnswers(
  pictures: HostPictures,
  actions: { choose(face: number): void; open(path: string): void },
): FaceAnswers {
  const list = element('div', { class: 'answers', role: 'group', 'aria-label': l10n.t('Faces of this photograph') });
  const waiting = new Map<HTMLElement, string>();

  const picture = (path: string): HTMLElement => {
    const frame = element('span', { class: 'enrolled' });
    waiting.set(frame, path);
    return frame;
  };
  const likeness = (near: NearPerson, threshold: number): HTMLElement => {
    const { name, similarity, file } = near;
    return element(
      'li',
      { class: similarity < threshold ? 'below' : undefined },
      picture(file),
      element(
        'span',
        { class: 'likeness-name' },
        linkButton(shownPerson(name), () => actions.open(file)),
      ),
      element('span', { class: 'similarity' }, sureness(near)),
    );
  };
  const drawPictures = (): void => {
    for (const [frame, path] of waiting) {
      const made = pictures.of(path);
      if (made === undefined) continue;
      if ('data' in made) fill(frame, element('img', { src: made.data, alt: '' }));
      else frame.title = shownText(made.problem);
      waiting.delete(frame);
    }
  };
  return {
    element: list,
    show(faces, threshold, chosen) {
      waiting.clear();
      // What has the focus is made anew.
      const buttons = (): HTMLButtonElement[] => [...list.querySelectorAll('button')];
      const focused = buttons().findIndex((node) => node === document.activeElement);
      fill(
        list,
        ...faces.map((face, index) => {
          const name = nameOf(face, threshold);
          const head = element(
            'button',
            { type: 'button', class: 'answer-head', 'aria-pressed': String(index === chosen) },
            element('span', { class: 'number' }, String(index + 1)),
            element('span', { class: isUnknown(face, threshold) ? 'answer-name unknown' : 'answer-name' }, name),
            face.nearest[0] !== undefined && element('span', { class: 'similarity' }, sureness(face.nearest[0])),
          );
          head.addEventListener('click', () => actions.choose(index));
          return element(
            'section',
            { class: index === chosen ? 'answer chosen' : 'answer' },
            head,
            element(
              'ol',
              { class: 'nearest' },
              ...face.nearest.slice(0, mostNearest).map((near) => likeness(near, threshold)),
            ),
          );
        }),
      );
      buttons()[focused]?.focus();
      drawPictures();
      pictures.inSight([...new Set(waiting.values())]);
    },
    drawPictures,
  };
}
