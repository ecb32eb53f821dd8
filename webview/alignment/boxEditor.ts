import * as l10n from '@vscode/l10n';
import type { BoxCorners } from '../../src/protocol/alignmentLog';
import type { AlignedPhotograph, HydrateAlignment } from '../../src/protocol/webview';
import { element, fill, setText } from '../element';
import { button, setEnabled } from '../ui';
import { boxBetween, cutFor, leastEdge, middleBox, movedBox, resizedBox } from './box';
import { type CutFace, faceAt, facesOf, nextNumber } from './faces';
import { reasonOf } from './words';

export interface BoxEditor {
  readonly element: HTMLElement;
  /** Shows a photograph with the box of its face; `address` is absent where no picture may or can be shown. */
  show(image: AlignedPhotograph, recipe: HydrateAlignment['recipe'], address: string | undefined): void;
  /** Says what has become of the crop that was asked for. */
  told(text: string, isProblem: boolean): void;
}

export interface BoxEditorActions {
  /** @param face its number, from 0 */
  save(image: AlignedPhotograph, face: number, box: BoxCorners): void;
  open(image: AlignedPhotograph): void;
}

/**
 * A photograph with the box of its face: drawn and moved by the mouse, moved by the arrow keys, resized by them with Shift,
 * or typed. Of several faces one is chosen from the list, or by a click; the others are outlined.
 */
export function boxEditor(actions: BoxEditorActions): BoxEditor {
  let image: AlignedPhotograph | undefined;
  let recipe: HydrateAlignment['recipe'] | undefined;
  let size: [number, number] = [0, 0];
  let box: BoxCorners = [0, 0, 0, 0];
  let faces: CutFace[] = [];
  let chosen = 0;

  const heading = element('h2');
  const reason = element('p', { class: 'reason' });
  const picture = element('img', { alt: '', decoding: 'async', draggable: 'false' });
  const face = element('div', { class: 'face-box' });
  const cut = element('div', { class: 'cut-box' });
  const others = element('div', { class: 'other-faces' });
  const choice = element('select', { class: 'filter', 'aria-label': l10n.t('Face of the photograph') });
  choice.addEventListener('change', () => chooseFace(Number(choice.value)));
  const stage = element(
    'div',
    {
      class: 'stage',
      tabindex: 0,
      role: 'application',
      'aria-label': l10n.t('Box of the face: arrow keys move it, with Shift they resize it, Enter cuts it out'),
    },
    picture,
    cut,
    others,
    face,
  );
  const state = element('p', { class: 'editor-state', role: 'status' });
  const field = (label: string, take: (value: number) => BoxCorners): HTMLInputElement => {
    const input = element('input', { type: 'number', step: 1, 'aria-label': label });
    input.addEventListener('change', () => {
      if (Number.isFinite(input.valueAsNumber)) put(take(input.valueAsNumber));
    });
    return input;
  };
  const left = field(l10n.t('Left'), (value) => movedBox(box, value - box[0], 0, size));
  const top = field(l10n.t('Top'), (value) => movedBox(box, 0, value - box[1], size));
  const width = field(l10n.t('Width'), (value) => resizedBox(box, value - (box[2] - box[0]), 0, size));
  const height = field(l10n.t('Height'), (value) => resizedBox(box, 0, value - (box[3] - box[1]), size));
  const fields = [left, top, width, height];
  const save = button({ label: l10n.t('Cut Out'), appearance: 'primary', onClick: () => cutOut() });
  const open = button({ label: l10n.t('Open'), onClick: () => image && actions.open(image) });
  const root = element(
    'section',
    { class: 'box-editor', 'aria-label': l10n.t('Face') },
    heading,
    reason,
    choice,
    stage,
    element(
      'div',
      { class: 'fields' },
      ...fields.map((input) => element('label', {}, element('span', {}, input.getAttribute('aria-label')!), input)),
    ),
    element('div', { class: 'actions' }, save, open),
    state,
  );

  const draw = (): void => {
    const [scaleX, scaleY] = [100 / (size[0] || 1), 100 / (size[1] || 1)];
    const lay = (node: HTMLElement, [x1, y1, x2, y2]: BoxCorners): void => {
      node.style.setProperty('left', `${x1 * scaleX}%`);
      node.style.setProperty('top', `${y1 * scaleY}%`);
      node.style.setProperty('width', `${(x2 - x1) * scaleX}%`);
      node.style.setProperty('height', `${(y2 - y1) * scaleY}%`);
    };
    lay(face, box);
    // Landmark chips are turned and have no margin; what they take shows when they are cut.
    cut.hidden = recipe?.alignment !== 'box';
    lay(cut, cutFor(box, recipe?.margin ?? 0, size));
    const rest = faces.filter(({ number }) => number !== chosen);
    if (others.childElementCount !== rest.length)
      fill(others, ...rest.map(() => element('div', { class: 'other-box' })));
    rest.forEach((other, index) => lay(others.children[index] as HTMLElement, other.box));
    const values = [box[0], box[1], box[2] - box[0], box[3] - box[1]];
    fields.forEach((input, index) => (input.value = String(Math.round(values[index]!))));
    stage.setAttribute(
      'aria-description',
      l10n.t('{0} from the left, {1} from the top, {2} wide, {3} high', ...values.map((value) => Math.round(value))),
    );
    setEnabled(save, isCuttable());
  };
  const put = (next: BoxCorners): void => {
    box = next;
    draw();
  };
  const isCuttable = (): boolean => box[2] - box[0] >= leastEdge && box[3] - box[1] >= leastEdge;
  const cutOut = (): void => {
    if (image === undefined || !isCuttable()) return;
    setText(state, l10n.t('Cutting out…'));
    state.classList.remove('problem');
    actions.save(image, chosen, box);
  };
  const chooseFace = (number: number): void => {
    chosen = number;
    choice.value = String(number);
    fill(state);
    put(faces.find((known) => known.number === number)?.box ?? middleBox(size));
  };
  const listFaces = (): void => {
    choice.hidden = recipe?.several !== true || faces.length === 0;
    const next = nextNumber(faces);
    fill(
      choice,
      ...faces.map(({ number }) =>
        element('option', { value: number }, l10n.t('Face {0} of {1}', number + 1, faces.length)),
      ),
      element('option', { value: next }, l10n.t('Another face')),
    );
    choice.value = String(chosen);
  };

  stage.addEventListener('pointerdown', (event) => {
    if (event.button !== 0 || size[0] === 0) return;
    const area = picture.getBoundingClientRect();
    const at = ({ clientX, clientY }: PointerEvent): [number, number] => [
      ((clientX - area.left) / area.width) * size[0],
      ((clientY - area.top) / area.height) * size[1],
    ];
    const [startX, startY] = at(event);
    const before = box;
    const [x1, y1, x2, y2] = before;
    const isInside = startX > x1 && startX < x2 && startY > y1 && startY < y2;
    stage.setPointerCapture(event.pointerId);
    const move = (moved: PointerEvent): void => {
      const [x, y] = at(moved);
      // A click is no box.
      if (Math.hypot(x - startX, y - startY) < 2) return;
      put(isInside ? movedBox(before, x - startX, y - startY, size) : boxBetween(startX, startY, x, y, size));
    };
    const end = ({ type }: Event): void => {
      // A click on another face means that one.
      const meant = type === 'pointerup' && box === before && !isInside ? faceAt(faces, startX, startY) : undefined;
      if (meant !== undefined) chooseFace(meant.number);
      stage.removeEventListener('pointermove', move);
      stage.removeEventListener('pointerup', end);
      stage.removeEventListener('pointercancel', end);
    };
    stage.addEventListener('pointermove', move);
    stage.addEventListener('pointerup', end);
    stage.addEventListener('pointercancel', end);
  });
  stage.addEventListener('keydown', (event) => {
    const step = event.ctrlKey || event.metaKey ? 10 : 1;
    const ways: Record<string, [number, number]> = {
      ArrowLeft: [-step, 0],
      ArrowRight: [step, 0],
      ArrowUp: [0, -step],
      ArrowDown: [0, step],
    };
    const way = ways[event.key];
    if (way !== undefined) put(event.shiftKey ? resizedBox(box, ...way, size) : movedBox(box, ...way, size));
    else if (event.key === 'Enter') cutOut();
    else return;
    event.preventDefault();
  });
  picture.addEventListener('load', () => {
    // Of a small picture that the host has made, the log knows the real size.
    if (image !== undefined && !('size' in image)) {
      size = [picture.naturalWidth, picture.naturalHeight];
      put(middleBox(size));
    }
  });

  return {
    element: root,
    show(next, nextRecipe, address) {
      const isOther = image?.image !== next.image;
      [image, recipe] = [next, nextRecipe];
      setText(heading, next.image);
      setText(reason, reasonOf(next));
      if (isOther) fill(state);
      size = 'size' in next ? [...next.size] : [0, 0];
      faces = facesOf(next, nextRecipe.several === true);
      if (isOther) chosen = faces[0]?.number ?? 0;
      listFaces();
      // The box that is being moved stays where it is while another picture of the same photograph comes.
      if (isOther || next.outcome === 'corrected') {
        // Of none that was found, a box to begin with.
        box = faces.find(({ number }) => number === chosen)?.box ?? middleBox(size);
      }
      // Pixels as the alignment sees them: it turns a photograph, or it does not.
      picture.style.setProperty('image-orientation', nextRecipe.upright ? 'from-image' : 'none');
      stage.hidden = address === undefined || next.outcome === 'unreadable';
      if (address !== undefined && picture.getAttribute('src') !== address) picture.src = address;
      draw();
    },
    told(text, isProblem) {
      setText(state, text);
      state.classList.toggle('problem', isProblem);
    },
  };
}
