import type { GalleryImage, ToGalleryPage } from '../../src/protocol/webview';
import { element, fill, setText } from '../element';
import { baseName, count } from '../format';
import type { Host } from '../host';
import type { Page } from '../page';
import { checkbox } from '../ui';
import { type GridLayout, inSight, layOut, moved } from './gridLayout';

/** Least width of a cell in pixels. */
const cell = 116;

/** The gallery tab: pictures of a dataset or a person; only those in sight exist. */
export function galleryPage(root: HTMLElement, host: Host): Page<ToGalleryPage> {
  let all: readonly GalleryImage[] = [];
  let shown: readonly GalleryImage[] = [];
  let base = '';
  let chosen = 0;
  let onlyProblems = host.saved<boolean>('onlyProblems') ?? false;
  let layout: GridLayout = layOut(0, cell, cell);
  const cells = new Map<number, HTMLElement>();

  const heading = element('h1');
  const summary = element('span', { class: 'activity' });
  const detail = element('p', { class: 'gallery-detail', 'aria-live': 'polite' });
  const filter = checkbox('Only problems', onlyProblems, (checked) => {
    onlyProblems = checked;
    host.save('onlyProblems', checked);
    choose();
  });
  const grid = element('div', {
    class: 'gallery',
    role: 'listbox',
    tabindex: 0,
    'aria-label': 'Images: arrow keys move, Enter opens, R reveals',
  });
  const head = element(
    'header',
    { class: 'page-head' },
    element('div', { class: 'title-line' }, heading, element('div', { class: 'actions' }, filter)),
    element('div', { class: 'activity-line' }, summary),
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
  };
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
  const cellElement = ({ path, problem }: GalleryImage, index: number): HTMLElement => {
    const address = `${base}/${path.split('/').map(encodeURIComponent).join('/')}`;
    const image = element('img', { src: address, alt: '', decoding: 'async' });
    image.addEventListener('error', () => image.replaceWith(element('span', { class: 'no-picture' }, baseName(path))));
    const node = element(
      'div',
      {
        class: problem === undefined ? 'thumbnail' : 'thumbnail problem',
        role: 'option',
        id: `image-${index}`,
        title: problem === undefined ? path : `${path}\n${problem}`,
        'aria-label': problem === undefined ? path : `${path}, problem: ${problem}`,
        'aria-setsize': shown.length,
        'aria-posinset': index + 1,
      },
      image,
      problem !== undefined && element('span', { class: 'problem-mark', 'aria-hidden': 'true' }, '!'),
    );
    node.addEventListener('click', () => select(index));
    node.addEventListener('dblclick', () => host.post({ type: 'openImage', path }));
    return node;
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
    setText(detail, image === undefined ? '' : [image.path, image.problem].filter(Boolean).join(': '));
  };
  const choose = (): void => {
    shown = onlyProblems ? all.filter(({ problem }) => problem !== undefined) : all;
    const saved = host.saved<string>('chosen');
    chosen = Math.max(
      0,
      shown.findIndex(({ path }) => path === saved),
    );
    cells.clear();
    fill(grid, shown.length === 0 && element('p', { class: 'none' }, onlyProblems ? 'No problems.' : 'No images.'));
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
      ({ images: all, base } = message);
      setText(heading, message.title.replaceAll('_', ' '));
      setText(summary, summaryOf(message));
      choose();
    },
    dispose() {
      resized.disconnect();
      window.removeEventListener('scroll', draw);
    },
  };
}

function summaryOf({ images, left }: ToGalleryPage): string {
  const problems = images.filter(({ problem }) => problem !== undefined).length;
  const parts = [count(images.length, 'image'), ...(problems > 0 ? [count(problems, 'problem')] : [])];
  if (left > 0) parts.push(`${left} people are left out: open the gallery of a person`);
  return parts.join(' · ');
}
