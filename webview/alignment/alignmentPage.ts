import * as l10n from '@vscode/l10n';
import type { AlignedPhotograph, HydrateAlignment, ToAlignmentPage } from '../../src/protocol/webview';
import { element, fill, setText } from '../element';
import { integer } from '../format';
import { HostPictures } from '../gallery/hostPictures';
import type { Host } from '../host';
import { pageHead } from '../pageHead';
import type { Page } from '../showPage';
import { button } from '../ui';
import { boxEditor } from './boxEditor';
import { reasonOf } from './words';

/** The alignment tab: what was found and what was not, and one face at a time to be cut out by hand. */
export function alignmentPage(root: HTMLElement, host: Host<'alignment'>): Page<'alignment'> {
  let shown: HydrateAlignment | undefined;
  let chosen = host.saved<string>('chosen');
  const cells = new Map<string, HTMLElement>();
  const pictures = new HostPictures((paths) => host.post({ type: 'wantThumbnails', paths }));
  const inSight = new Set<string>();
  const failed = new Set<string>();

  const heading = element('h1');
  const summary = element('span', { class: 'activity' });
  const recipe = element('span', {});
  const note = element('p', { class: 'none' });
  const showFaces = button({ label: l10n.t('Show Faces'), onClick: () => host.post({ type: 'showFaces' }) });
  const fineTune = button({
    label: l10n.t('Fine-Tune…'),
    appearance: 'primary',
    onClick: () => host.post({ type: 'fineTune' }),
  });
  const list = element('div', { class: 'findings', role: 'listbox', 'aria-label': l10n.t('Photographs to look at') });
  const editor = boxEditor({
    save: ({ image }, face, box) => host.post({ type: 'correctFace', path: image, face, box }),
    open: ({ image }) => host.post({ type: 'openImage', path: image }),
  });
  const body = element('div', { class: 'review' }, list, editor.element);
  root.replaceChildren(
    pageHead(heading, [fineTune, showFaces], element('div', { class: 'activity-line' }, summary, recipe)),
    note,
    body,
  );

  const wanted = (): void => pictures.inSight([...inSight].filter(isHostMade));
  const sight = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        const { image = '' } = (target as HTMLElement).dataset;
        if (isIntersecting) inSight.add(image);
        else inSight.delete(image);
      }
      wanted();
    },
    { rootMargin: '200px' },
  );

  const of = (image: string | undefined): AlignedPhotograph | undefined =>
    shown?.images.find((entry) => entry.image === image);
  const isHostMade = (image: string): boolean => of(image)?.thumbnail === true || failed.has(image);
  const addressOf = ({ image }: AlignedPhotograph): string | undefined => {
    if (shown?.bases === undefined) return undefined;
    if (!isHostMade(image)) return `${shown.bases.photographs}/${image.split('/').map(encodeURIComponent).join('/')}`;
    const made = pictures.of(image);
    return made !== undefined && 'data' in made ? made.data : undefined;
  };
  const fillCell = (cell: HTMLElement, entry: AlignedPhotograph): void => {
    const address = addressOf(entry);
    const picture = address === undefined ? element('span', { class: 'no-picture' }) : element('img', { alt: '' });
    if (picture instanceof HTMLImageElement) {
      picture.loading = 'lazy';
      picture.decoding = 'async';
      picture.crossOrigin = 'anonymous';
      picture.addEventListener('error', () => {
        if (failed.has(entry.image)) return;
        failed.add(entry.image);
        fillCell(cell, entry);
        wanted();
      });
      picture.src = address!;
    }
    fill(
      cell,
      picture,
      element(
        'span',
        { class: 'finding-words' },
        element('span', {}, entry.image),
        element('span', { class: 'reason' }, reasonOf(entry)),
      ),
    );
  };
  const choose = (image: string | undefined, focus: boolean): void => {
    const entry = of(image);
    if (entry === undefined || shown === undefined) return;
    chosen = entry.image;
    host.save('chosen', chosen);
    for (const [name, cell] of cells) {
      cell.setAttribute('aria-selected', String(name === chosen));
      cell.tabIndex = name === chosen ? 0 : -1;
    }
    if (focus) cells.get(chosen)?.focus();
    editor.show(entry, shown.recipe, addressOf(entry));
  };
  const draw = (): void => {
    if (shown === undefined) return;
    setText(summary, summaryOf(shown));
    sight.disconnect();
    inSight.clear();
    cells.clear();
    const group = (title: string, entries: AlignedPhotograph[]): HTMLElement | undefined => {
      if (entries.length === 0) return undefined;
      const rows = entries.map((entry) => {
        const cell = element('div', { class: 'finding', role: 'option', tabindex: -1, 'data-image': entry.image });
        fillCell(cell, entry);
        cell.addEventListener('click', () => choose(entry.image, true));
        cell.addEventListener('dblclick', () => host.post({ type: 'openImage', path: entry.image }));
        cells.set(entry.image, cell);
        sight.observe(cell);
        return cell;
      });
      const name = `${title} (${integer(entries.length)})`;
      return element(
        'div',
        { role: 'group', 'aria-label': name },
        element('h2', { role: 'presentation' }, name),
        ...rows,
      );
    };
    const { images } = shown;
    const groups = [
      group(
        l10n.t('Not found'),
        images.filter(({ outcome }) => outcome === 'noFace' || outcome === 'unreadable'),
      ),
      group(
        l10n.t('Doubtful'),
        images.filter(({ outcome }) => outcome === 'aligned'),
      ),
      group(
        l10n.t('Corrected by hand'),
        images.filter(({ outcome }) => outcome === 'corrected'),
      ),
    ];
    fill(list, ...groups);
    body.hidden = images.length === 0;
    choose(of(chosen)?.image ?? [...cells.keys()][0], false);
  };
  list.addEventListener('keydown', (event) => {
    const names = [...cells.keys()];
    const at = names.indexOf(chosen ?? '');
    const ends: Record<string, number> = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      Home: 0,
      End: names.length - 1,
    };
    const next = ends[event.key];
    if (next !== undefined) choose(names[Math.min(Math.max(next, 0), names.length - 1)], true);
    else if (event.key === 'Enter' && chosen !== undefined)
      editor.element.querySelector<HTMLElement>('.stage')?.focus();
    else return;
    event.preventDefault();
  });

  return {
    receive(message: ToAlignmentPage) {
      switch (message.type) {
        case 'hydrateAlignment':
          shown = message;
          setText(heading, message.title);
          setText(recipe, recipeOf(message));
          setText(note, noteOf(message));
          fineTune.hidden = message.counts?.faces === 0;
          return draw();
        case 'thumbnails':
          pictures.receive(message.made);
          for (const { path } of message.made) {
            const [cell, entry] = [cells.get(path), of(path)];
            if (cell === undefined || entry === undefined) continue;
            fillCell(cell, entry);
            if (path === chosen) choose(path, false);
          }
          return;
        case 'corrected': {
          const { entry } = message;
          if (shown === undefined) return;
          const images = shown.images.map((known) =>
            known.image === entry.image ? { ...entry, ...(known.thumbnail && { thumbnail: true as const }) } : known,
          );
          shown = { ...shown, images };
          draw();
          return editor.told(l10n.t('Cut out, and noted as corrected by hand.'), false);
        }
        case 'notCorrected':
          return editor.told(message.problem, true);
      }
    },
    dispose() {
      pictures.clear();
      sight.disconnect();
    },
  };
}

/** E.g. `286 faces of 288 photographs · 2 not found · 12 doubtful`. */
function summaryOf({ counts, images, left }: HydrateAlignment): string {
  const number = (...outcomes: string[]): number => images.filter(({ outcome }) => outcomes.includes(outcome)).length;
  const [missed, doubtful, corrected] = [number('noFace', 'unreadable'), number('aligned'), number('corrected')];
  return [
    counts && l10n.t('{0} faces, {1} photographs', integer(counts.faces), integer(counts.photographs)),
    l10n.t('{0} not found', integer(missed)),
    l10n.t('{0} doubtful', integer(doubtful)),
    corrected > 0 && l10n.t('{0} corrected by hand', integer(corrected)),
    left > 0 && l10n.t('{0} more not shown', integer(left)),
  ]
    .filter(Boolean)
    .join(' · ');
}

function recipeOf({ photographs, faces, recipe }: HydrateAlignment): string {
  const { alignment, imageSize, margin } = recipe;
  const how =
    alignment === 'box'
      ? l10n.t('box, {0} pixels, margin {1}', imageSize, margin)
      : l10n.t('landmarks, {0} pixels', imageSize);
  return `${photographs} → ${faces} · ${how}`;
}

function noteOf({ isLogged, images, bases }: HydrateAlignment): string {
  if (!isLogged)
    return l10n.t('This folder was made without a record of each photograph. Align again into a new folder to see it.');
  if (images.length === 0) return l10n.t('Every photograph gave a face, and none of them is doubtful.');
  return bases === undefined
    ? l10n.t(
        'The photographs are gone, or lie outside of the workspace and of its datasets: add their folder to see them.',
      )
    : '';
}
