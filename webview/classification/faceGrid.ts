import * as l10n from '@vscode/l10n';
import type { ClassificationReport } from '../../src/protocol/classificationReport';
import { percent } from '../../src/words/rates';
import { element, fill } from '../element';
import { integer } from '../format';
import { pictureElement } from '../lfw/pairPicture';
import { linkButton } from '../ui';
import { givenName, personName } from './confusionTable';
import { type ClassifiedImage, answerOf, outcomeOf, unknown } from './outcomes';

/** Faces that are added at once: what fits a screen or two. */
const pageSize = 60;

export interface FaceGrid {
  readonly element: HTMLElement;
  show(images: readonly ClassifiedImage[], threshold: number): void;
}

/** Faces with the names that they were given; arrows lead from one to the next, Enter opens the picture. */
export function faceGrid(
  report: ClassificationReport,
  imageBase: string | undefined,
  open: (path: string) => void,
): FaceGrid {
  const list = element('ul', { class: 'classified-faces' });
  const more = element('p', { class: 'none', role: 'status' });
  const names = [...report.people, ...report.strangers];
  let length = pageSize;
  let shown: readonly ClassifiedImage[] = [];
  let threshold = 0;

  const face = (image: ClassifiedImage): HTMLElement => {
    const given = answerOf(image, threshold);
    const outcome = outcomeOf(report, image, threshold);
    const marks = { right: '✓', wrong: '✗', silent: '?' } as const;
    const guess = personName(report.people[image.label]!);
    const said = given === unknown ? l10n.t('unknown (nearest {0})', guess) : givenName(given, report.people);
    const own = personName(names[image.person]!);
    const node = element(
      'button',
      { type: 'button', class: `classified-face ${outcome}`, tabindex: -1, title: image.file },
      imageBase !== undefined && pictureElement(imageBase, image.file, 96),
      element(
        'span',
        { class: 'given' },
        element('span', { class: 'mark', role: 'img', 'aria-label': words(outcome) }, marks[outcome]),
        ' ',
        said,
      ),
      outcome !== 'right' && element('span', { class: 'own' }, l10n.t('is {0}', own)),
      element('span', { class: 'own' }, percent(image.probability)),
    );
    node.addEventListener('click', () => open(image.file));
    return element('li', {}, node);
  };
  const buttons = (): HTMLElement[] => [...list.querySelectorAll<HTMLElement>('.classified-face')];
  const draw = (): void => {
    fill(list, ...shown.slice(0, length).map(face));
    const [first] = buttons();
    if (first !== undefined) first.tabIndex = 0;
    const left = shown.length - length;
    fill(
      more,
      shown.length === 0 && l10n.t('No face.'),
      left > 0 &&
        linkButton(l10n.t('Show {0} more of {1}', integer(Math.min(left, pageSize)), integer(left)), () => {
          const next = length;
          length += pageSize;
          draw();
          focusAt(next);
        }),
    );
  };
  const focusAt = (index: number): void => {
    const all = buttons();
    const to = all[Math.max(0, Math.min(all.length - 1, index))];
    if (to === undefined) return;
    for (const node of all) node.tabIndex = node === to ? 0 : -1;
    to.focus();
  };
  list.addEventListener('keydown', (event) => {
    const all = buttons();
    const at = all.findIndex((node) => node === event.target);
    if (at < 0) return;
    // As many as stand in the first row.
    const columns = all.filter((node) => node.offsetTop === all[0]!.offsetTop).length;
    const ways: Record<string, number> = {
      ...{ ArrowLeft: at - 1, ArrowRight: at + 1, ArrowUp: at - columns, ArrowDown: at + columns },
      ...{ Home: 0, End: all.length - 1 },
    };
    const to = ways[event.key];
    if (to === undefined) return;
    event.preventDefault();
    if (to >= 0 && to < all.length) focusAt(to);
  });
  return {
    element: element('div', {}, list, more),
    show(images, at) {
      if (images.length !== shown.length || images.some((image, index) => image !== shown[index])) length = pageSize;
      [shown, threshold] = [images, at];
      draw();
    },
  };
}

function words(outcome: 'right' | 'wrong' | 'silent'): string {
  switch (outcome) {
    case 'right':
      return l10n.t('right');
    case 'wrong':
      return l10n.t('wrong');
    case 'silent':
      return l10n.t('not named');
  }
}
