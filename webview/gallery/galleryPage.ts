import * as l10n from '@vscode/l10n';
import type { GalleryImage, HydrateGallery, MadeThumbnail, ToGalleryPage } from '../../src/protocol/webview';
import { counted } from '../counts';
import { element, fill, setText } from '../element';
import { baseName, integer } from '../format';
import type { Host } from '../host';
import type { Page } from '../showPage';
import { button, checkbox } from '../ui';
import { type GridLayout, inSight, layOut, moved } from './gridLayout';
import { HostPictures } from './hostPictures';

/** Least width of a cell in pixels. */
const cell = 116;

/** The gallery tab: pictures of a dataset or a person; only those in sight exist. */
export function galleryPage(root: HTMLElement, host: Host<'gallery'>): Page<'gallery'> {
  let all: readonly GalleryImage[] = [];
  let shown: readonly GalleryImage[] = [];
  let base = '';
  let chosen = 0;
  let onlyProblems = host.saved<boolean>('onlyProblems') ?? false;
  let layout: GridLayout = layOut(0, cell, cell);
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
    'aria-label': l10n.t('Images: arrow keys move, Enter opens, R reveals'),
  });
  const head = element(
    'header',
    { class: 'page-head' },
    element('div', { class: 'title-line' }, heading, element('div', { class: 'actions' }, filter, refresh)),
    element('div', { class: 'activity-line' }, summary, unwatched),
    detail,
  );
  root.replaceChildren(head, grid);

  const draw = (): void => {
    layout = layOut(shown.length, grid.clientWidth, cell);
    grid.style.setProperty('height', `${layout.rows * layout.pitch}px`);
    const top = head.getBoundingClientRect().bottom - grid.getBoundingClientRect().top;
    const [from, to] = inSight(layout, shown.length, Math.max(0, top), window.innerHeight);
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
    const [x, y] = [(index % layout.columns) * layout.pitch, Math.floor(index / layout.columns) * layout.pitch];
    node.style.setProperty('transform', `translate(${x}px, ${y}px)`);
    node.setAttribute('aria-selected', String(index === chosen));
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
    node.addEventListener('click', () => select(index));
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
  const select = (index: number): void => {
    chosen = index;
    host.save('chosen', shown[index]?.path);
    const top = grid.getBoundingClientRect().top + Math.floor(index / layout.columns) * layout.pitch;
    const above = top - head.getBoundingClientRect().bottom;
    const below = top + layout.pitch - window.innerHeight;
    if (above < 0) window.scrollBy(0, above);
    else if (below > 0) window.scrollBy(0, below);
    draw();
    describe();
  };
  const describe = (): void => {
    const image = shown[chosen];
    if (image === undefined) grid.removeAttribute('aria-activedescendant');
    else grid.setAttribute('aria-activedescendant', `image-${chosen}`);
    setText(detail, image === undefined ? '' : [image.path, problemOf(image)].filter(Boolean).join(': '));
  };
  const choose = (): void => {
    shown = onlyProblems ? all.filter(({ problem }) => problem !== undefined) : all;
    const saved = host.saved<string>('chosen');
    chosen = Math.max(
      0,
      shown.findIndex(({ path }) => path === saved),
    );
    cells.clear();
    fill(
      grid,
      shown.length === 0 &&
        element('p', { class: 'none' }, onlyProblems ? l10n.t('No problems.') : l10n.t('No images.')),
    );
    draw();
    describe();
  };

  grid.addEventListener('keydown', (event) => {
    const image = shown[chosen];
    if (image === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    const page = Math.max(1, Math.floor((window.innerHeight - head.offsetHeight) / layout.pitch));
    const next = moved(event.key, chosen, shown.length, layout, page);
    if (next !== undefined) select(next);
    else if (event.key === 'Enter') host.post({ type: 'openImage', path: image.path });
    else if (event.key === 'r' || event.key === 'R') host.post({ type: 'revealImage', path: image.path });
    else return;
    event.preventDefault();
  });
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
