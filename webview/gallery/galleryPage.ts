import * as l10n from '@vscode/l10n';
import type {
  GalleryImage,
  HydrateGallery,
  ImageAction,
  MadeThumbnail,
  ToGalleryPage,
} from '../../src/protocol/webview';
import { counted } from '../counts';
import { element, fill, setText } from '../element';
import { baseName, integer } from '../format';
import type { Host } from '../host';
import { pageHead } from '../pageHead';
import type { Page } from '../showPage';
import { button, checkbox, setEnabled } from '../ui';
import { type GridLayout, inSight, layOut, moved, placeOf } from './gridLayout';
import { HostPictures } from './hostPictures';
import { type GalleryPerson, isFoldedAtFirst, peopleOf } from './people';
import { type ChoosingKeys, Selection } from './selection';

/** Least width of a cell, and height of a person's heading, in pixels. */
const cell = 116;
const headingHeight = 38;

/** What Delete, M and W do with the pictures that are chosen. */
const actionKeys: Record<string, ImageAction> = { Delete: 'exclude', m: 'move', w: 'wrongPerson' };

/** The gallery tab: pictures of a dataset by person, or of one person; only those in sight exist. */
export function galleryPage(root: HTMLElement, host: Host<'gallery'>): Page<'gallery'> {
  let all: readonly GalleryImage[] = [];
  let shown: readonly GalleryImage[] = [];
  let base = '';
  let people: GalleryPerson[] = [];
  const selection = new Selection();
  /** By hand; the others are as they are at first. */
  const folded = new Map<string, boolean>();
  const headings = new Map<number, HTMLElement>();
  let onlyProblems = host.saved<boolean>('onlyProblems') ?? false;
  let layout: GridLayout = layOut([], cell, cell, 0);
  const cells = new Map<number, HTMLElement>();
  const pictures = new HostPictures((paths) => host.post({ type: 'wantThumbnails', paths }));
  /** Paths of what the browser could not show, whatever its name promises. */
  const failed = new Set<string>();

  const heading = element('h1');
  const summary = element('span', { class: 'activity' });
  const detail = element('p', { class: 'gallery-detail', 'aria-live': 'polite' });
  const filter = checkbox(l10n.t('Only problems'), onlyProblems, (checked) => {
    onlyProblems = checked;
    host.save('onlyProblems', checked);
    choose();
  });
  const refresh = button({ label: l10n.t('Refresh'), onClick: () => host.post({ type: 'refreshGallery' }) });
  const unwatched = element(
    'span',
    { class: 'gallery-unwatched' },
    l10n.t('Changes inside people’s folders are not watched.'),
  );
  const grid = element('div', {
    class: 'gallery',
    role: 'listbox',
    tabindex: 0,
    'aria-multiselectable': 'true',
    'aria-label': l10n.t(
      'Images: arrow keys move, Shift or Space choose several, Enter opens, R reveals, Delete excludes, M moves to another person, W says that it is the wrong one, Ctrl+Z undoes',
    ),
    'data-vscode-context': JSON.stringify({ webviewSection: 'images', preventDefaultContextMenuItems: true }),
  });
  const layer = element('div', { class: 'gallery-headings' });
  const act = (action: ImageAction): void => {
    if (selection.size > 0) host.post({ type: 'imageAction', action, paths: selection.among(paths()) });
  };
  const actions = [
    button({ label: l10n.t('Wrong Person…'), onClick: () => act('wrongPerson') }),
    button({ label: l10n.t('Move…'), onClick: () => act('move') }),
    button({ label: l10n.t('Exclude'), onClick: () => act('exclude') }),
  ];
  const head = pageHead(
    heading,
    [filter, refresh, ...actions],
    element('div', { class: 'activity-line' }, summary, unwatched),
    detail,
  );
  root.replaceChildren(head, element('div', { class: 'gallery-frame' }, layer, grid));

  const draw = (): void => {
    const counts = people.map((person) => (isFolded(person) ? 0 : person.images.length));
    layout = layOut(counts, grid.clientWidth, cell, people.length > 1 ? headingHeight : 0);
    grid.style.setProperty('height', `${layout.height}px`);
    const top = head.getBoundingClientRect().bottom - grid.getBoundingClientRect().top;
    const sight = inSight(layout, Math.max(0, top), window.innerHeight);
    const [from, to] = sight.cells;
    drawHeadings(...sight.sections);
    for (const [index, node] of cells) {
      if (index < from || index >= to) {
        node.remove();
        cells.delete(index);
      }
    }
    for (let index = from; index < to; index++) place(index);
    pictures.inSight(
      shown
        .slice(from, to)
        .filter(isHostMade)
        .map(({ path }) => path),
    );
  };
  const isFolded = (person: GalleryPerson): boolean =>
    folded.get(person.name) ?? isFoldedAtFirst(person, people.length);
  const drawHeadings = (from: number, to: number): void => {
    for (const [index, node] of headings) {
      if (layout.heading > 0 && index >= from && index < to) continue;
      node.remove();
      headings.delete(index);
    }
    for (let index = from; layout.heading > 0 && index < to; index++) {
      const person = people[index]!;
      let node = headings.get(index);
      if (node === undefined) {
        node = headingElement(person);
        headings.set(index, node);
        layer.append(node);
      }
      node.style.setProperty('transform', `translate(0, ${layout.sections[index]!.top}px)`);
    }
  };
  const headingElement = (person: GalleryPerson): HTMLElement => {
    const fold = element(
      'button',
      { type: 'button', class: 'fold', 'aria-expanded': String(!isFolded(person)) },
      `${person.name.replaceAll('_', ' ')} · ${counted.images(person.images.length)}`,
    );
    fold.addEventListener('click', () => {
      folded.set(person.name, !isFolded(person));
      host.save('folded', [...folded]);
      choose();
      const again = [...headings.entries()].find(([index]) => people[index]?.name === person.name)?.[1];
      again?.querySelector('button')?.focus();
    });
    return element('h2', { class: 'person-heading' }, fold);
  };
  const isHostMade = ({ path, thumbnail }: GalleryImage): boolean => thumbnail === true || failed.has(path);
  const place = (index: number): void => {
    let node = cells.get(index);
    if (node === undefined) {
      node = cellElement(shown[index]!, index);
      cells.set(index, node);
      grid.append(node);
    }
    node.style.setProperty('width', `${layout.pitch}px`);
    node.style.setProperty('height', `${layout.pitch}px`);
    const [x, y] = placeOf(layout, index);
    node.style.setProperty('transform', `translate(${x}px, ${y}px)`);
    node.setAttribute('aria-selected', String(selection.has(shown[index]!.path)));
    node.classList.toggle('focused', index === selection.focus);
  };
  const problemOf = ({ path, problem }: GalleryImage): string | undefined => {
    const made = pictures.of(path);
    return problem ?? (made !== undefined && 'problem' in made ? made.problem : undefined);
  };
  /** The picture, or the file's name while there is none. */
  const pictureOf = (shownImage: GalleryImage): HTMLElement => {
    const { path } = shownImage;
    const name = element('span', { class: 'no-picture' }, baseName(path));
    if (isHostMade(shownImage)) {
      const made = pictures.of(path);
      return made !== undefined && 'data' in made
        ? element('img', { src: made.data, alt: '', decoding: 'async' })
        : name;
    }
    const address = `${base}/${path.split('/').map(encodeURIComponent).join('/')}`;
    const image = element('img', { src: address, alt: '', decoding: 'async', crossorigin: 'anonymous' });
    image.addEventListener('error', () => {
      image.replaceWith(name);
      failed.add(path);
      draw();
    });
    return image;
  };
  const cellElement = (image: GalleryImage, index: number): HTMLElement => {
    const { path } = image;
    const problem = problemOf(image);
    const node = element(
      'div',
      {
        class: image.problem === undefined ? 'thumbnail' : 'thumbnail problem',
        role: 'option',
        id: `image-${index}`,
        title: problem === undefined ? path : `${path}\n${problem}`,
        'aria-label': problem === undefined ? path : l10n.t('{0}, problem: {1}', path, problem),
        'aria-setsize': shown.length,
        'aria-posinset': index + 1,
      },
      pictureOf(image),
      image.problem !== undefined && element('span', { class: 'problem-mark', 'aria-hidden': 'true' }, '!'),
    );
    node.addEventListener('click', (event) => {
      select(index, { add: event.ctrlKey || event.metaKey, extend: event.shiftKey });
    });
    // The menu is about what is chosen, and about this one where it is not among that.
    node.addEventListener('contextmenu', () => {
      if (!selection.has(path)) select(index, { add: false, extend: false });
    });
    node.addEventListener('dblclick', () => host.post({ type: 'openImage', path }));
    return node;
  };
  /** Draws the cells again whose pictures have come. */
  const receivePictures = (made: readonly MadeThumbnail[]): void => {
    pictures.receive(made);
    const paths = new Set(made.map(({ path }) => path));
    for (const [index, node] of [...cells]) {
      if (!paths.has(shown[index]!.path)) continue;
      node.remove();
      cells.delete(index);
    }
    draw();
    describe();
  };
  const paths = (): string[] => shown.map(({ path }) => path);
  const select = (index: number, keys: ChoosingKeys): void => {
    selection.choose(index, keys, paths());
    show();
  };
  /** Brings the picture with the focus into sight, and tells the host what is chosen: its menu is about that. */
  const show = (): void => {
    const index = selection.focus;
    host.save('chosen', shown[index]?.path);
    // What is said of it makes the head above the pictures higher.
    describe();
    if (shown.length > 0) intoSight(index);
    draw();
    tell();
  };
  const tell = (): void => {
    for (const action of actions) setEnabled(action, selection.size > 0);
    host.post({ type: 'selectImages', paths: selection.among(paths()) });
  };
  const intoSight = (index: number): void => {
    const top = grid.getBoundingClientRect().top + placeOf(layout, index)[1];
    const above = top - head.getBoundingClientRect().bottom;
    const below = top + layout.pitch - window.innerHeight;
    if (above < 0) window.scrollBy(0, above);
    else if (below > 0) window.scrollBy(0, below);
  };
  const describe = (): void => {
    const image = shown[selection.focus];
    if (image === undefined) grid.removeAttribute('aria-activedescendant');
    else grid.setAttribute('aria-activedescendant', `image-${selection.focus}`);
    const problem = image && problemOf(image);
    // Most problems begin with the picture that has them.
    const named = problem?.startsWith(image!.path) === true ? [problem] : [image?.path, problem];
    const about = named.filter(Boolean).join(': ');
    setText(detail, selection.size > 1 ? l10n.t('{0} chosen · {1}', integer(selection.size), about) : about);
  };
  const choose = (): void => {
    people = peopleOf(onlyProblems ? all.filter(({ problem }) => problem !== undefined) : all);
    shown = people.flatMap((person) => (isFolded(person) ? [] : person.images));
    selection.keep(paths(), host.saved<string>('chosen'));
    cells.clear();
    headings.clear();
    fill(layer);
    fill(
      grid,
      people.length === 0 &&
        element('p', { class: 'none' }, onlyProblems ? l10n.t('No problems.') : l10n.t('No images.')),
    );
    draw();
    describe();
    tell();
  };

  grid.addEventListener('keydown', (event) => {
    const image = shown[selection.focus];
    const withCtrl = event.ctrlKey || event.metaKey;
    if (withCtrl && event.key.toLowerCase() === 'z') {
      host.post({ type: 'undoImages' });
      return event.preventDefault();
    }
    if (image === undefined || event.altKey) return;
    const page = Math.max(1, Math.floor((window.innerHeight - head.offsetHeight) / layout.pitch));
    const next = moved(event.key, selection.focus, layout, page);
    if (next !== undefined && withCtrl && !event.shiftKey) {
      selection.lookAt(next);
      show();
    } else if (next !== undefined) select(next, { add: withCtrl, extend: event.shiftKey });
    else if (event.key === ' ') select(selection.focus, { add: true, extend: false });
    else if (withCtrl && event.key.toLowerCase() === 'a') {
      selection.all(paths());
      show();
    } else if (withCtrl) return;
    else if (event.key === 'Escape') select(selection.focus, { add: false, extend: false });
    else if (actionKeys[event.key] !== undefined) act(actionKeys[event.key]!);
    else if (event.key === 'Enter') host.post({ type: 'openImage', path: image.path });
    else if (event.key === 'r' || event.key === 'R') host.post({ type: 'revealImage', path: image.path });
    else return;
    event.preventDefault();
  });
  for (const [name, isFold] of host.saved<[string, boolean][]>('folded') ?? []) folded.set(name, isFold);
  const resized = new ResizeObserver(draw);
  resized.observe(root);
  window.addEventListener('scroll', draw, { passive: true });

  return {
    receive(message: ToGalleryPage) {
      if (message.type === 'thumbnails') return receivePictures(message.made);
      ({ images: all, base } = message);
      pictures.clear();
      failed.clear();
      refresh.hidden = message.watched;
      unwatched.hidden = message.watched;
      setText(heading, message.title);
      setText(summary, summaryOf(message));
      choose();
    },
    dispose() {
      pictures.clear();
      resized.disconnect();
      window.removeEventListener('scroll', draw);
    },
  };
}

function summaryOf({ images, peopleLeft, imagesLeft }: HydrateGallery): string {
  const problems = images.filter(({ problem }) => problem !== undefined).length;
  const parts = [counted.images(images.length), ...(problems > 0 ? [counted.problems(problems)] : [])];
  if (imagesLeft > 0) parts.push(counted.imagesNotShown(imagesLeft));
  if (peopleLeft > 0) parts.push(l10n.t('{0} people are left out: open the gallery of a person', integer(peopleLeft)));
  return parts.join(' · ');
}
