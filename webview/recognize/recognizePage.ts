import * as l10n from '@vscode/l10n';
import type { HydrateRecognize, ShownPhotograph, ToRecognizePage } from '../../src/protocol/webview';
import { counted } from '../counts';
import { element, fill, setText } from '../element';
import { integer } from '../format';
import { HostPictures } from '../gallery/hostPictures';
import type { Host } from '../host';
import { pageHead } from '../pageHead';
import type { Page } from '../showPage';
import { button, slider } from '../ui';
import { inShort, similarityText, usualThreshold } from './answers';
import { takeDrops } from './dropping';
import { faceAnswers } from './faceAnswers';
import { facePhotograph } from './facePhotograph';

/** The Recognize tab: photographs, their faces, and who of a gallery these are at a threshold. */
export function recognizePage(root: HTMLElement, host: Host<'recognize'>): Page<'recognize'> {
  let shown: HydrateRecognize | undefined;
  let chosen = host.saved<string>('photograph');
  let face = 0;
  /** As it was moved; else the one of the model. */
  let moved = host.saved<number>('threshold');
  /** Files that are shown by a picture of the host. */
  const hostMade = new Set<string>();
  const pictures = new HostPictures((paths) => host.post({ type: 'wantThumbnails', paths }));

  const heading = element('h1', {}, l10n.t('Recognize'));
  const gallery = element('p', { class: 'activity' });
  const notes = element('div', { class: 'notes', role: 'status' });
  const work = element('p', { class: 'none', role: 'status' });
  const actions = [
    button({
      label: l10n.t('Open Photographs…'),
      appearance: 'primary',
      onClick: () => host.post({ type: 'openPhotographs' }),
    }),
    button({ label: l10n.t('Open Folder…'), onClick: () => host.post({ type: 'openFolder' }) }),
    button({ label: l10n.t('Choose Gallery…'), onClick: () => host.post({ type: 'chooseGallery' }) }),
  ];
  const threshold = (): number => moved ?? shown?.gallery?.threshold ?? usualThreshold;
  const thresholdSlider = slider({
    label: l10n.t('Unknown below'),
    ...{ min: 0, max: 1, step: 0.01, value: threshold(), text: similarityText },
    onInput(value) {
      moved = value;
      host.save('threshold', moved);
      nameAll();
    },
  });
  const list = element('div', { class: 'photographs', role: 'listbox', 'aria-label': l10n.t('Photographs') });
  const photograph = facePhotograph({
    choose: (index) => chooseFace(index),
    failed(path) {
      hostMade.add(path);
      show();
    },
  });
  const answers = faceAnswers(pictures, {
    choose: (index) => chooseFace(index),
    open: (path) => host.post({ type: 'openImage', path }),
  });
  const body = element('div', { class: 'recognition' }, list, photograph.element, answers.element);
  const empty = element(
    'p',
    { class: 'waiting' },
    l10n.t('Open photographs, or drop them here (from the Explorer with Shift held down).'),
  );
  root.replaceChildren(pageHead(heading, actions, gallery, thresholdSlider.element), notes, work, empty, body);
  const endDrops = takeDrops(root, (uris) => host.post({ type: 'dropped', uris }));

  const of = (path: string | undefined): ShownPhotograph | undefined =>
    shown?.photographs.find((other) => other.path === path);
  const addressOf = (photo: ShownPhotograph): string | undefined => {
    if (photo.address !== undefined && !hostMade.has(photo.path)) return photo.address;
    const made = pictures.of(photo.path);
    if (made === undefined) pictures.inSight([photo.path]);
    return made !== undefined && 'data' in made ? made.data : undefined;
  };
  const facesOf = (photo: ShownPhotograph | undefined) =>
    photo?.found !== undefined && 'faces' in photo.found ? photo.found.faces : [];

  function nameAll(): void {
    const faces = facesOf(of(chosen));
    photograph.name(threshold(), face);
    answers.show(faces, threshold(), face);
    for (const row of list.children) {
      const photo = of((row as HTMLElement).dataset['path']);
      if (photo !== undefined) setText(row.lastElementChild!, inShort(photo, threshold()));
    }
  }
  function chooseFace(index: number): void {
    face = index;
    nameAll();
    answers.element.children[index]?.scrollIntoView({ block: 'nearest' });
  }
  /** Shows the chosen photograph. */
  function show(): void {
    const photo = of(chosen);
    photograph.element.hidden = photo === undefined;
    if (photo !== undefined) photograph.show(photo, addressOf(photo));
    nameAll();
  }
  function choose(path: string | undefined, focus: boolean): void {
    if (path === undefined) return;
    if (path !== chosen) face = 0;
    chosen = path;
    host.save('photograph', path);
    for (const row of list.children) {
      const isChosen = (row as HTMLElement).dataset['path'] === path;
      row.setAttribute('aria-selected', String(isChosen));
      (row as HTMLElement).tabIndex = isChosen ? 0 : -1;
      if (isChosen && focus) (row as HTMLElement).focus();
    }
    show();
  }
  function draw(): void {
    if (shown === undefined) return;
    const { photographs } = shown;
    empty.hidden = photographs.length > 0;
    body.hidden = photographs.length === 0;
    list.hidden = photographs.length < 2;
    body.classList.toggle('single', photographs.length < 2);
    fill(
      list,
      ...photographs.map((photo) => {
        const row = element(
          'div',
          { class: 'photograph-row', role: 'option', tabindex: -1, 'data-path': photo.path },
          element('span', { class: 'row-name' }, photo.name),
          element('span', { class: 'reason' }, inShort(photo, threshold())),
        );
        row.addEventListener('click', () => choose(photo.path, true));
        return row;
      }),
    );
    choose(of(chosen)?.path ?? photographs[0]?.path, false);
  }
  function tellWork(progress: HydrateRecognize['work']): void {
    setText(
      work,
      progress === undefined ? '' : l10n.t('{0} of {1} looked at', integer(progress.done), integer(progress.total)),
    );
    work.hidden = progress === undefined;
  }
  list.addEventListener('keydown', (event) => {
    const paths = shown?.photographs.map(({ path }) => path) ?? [];
    const at = paths.indexOf(chosen ?? '');
    const ends: Record<string, number> = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: paths.length - 1 };
    const next = ends[event.key];
    if (next === undefined) return;
    event.preventDefault();
    choose(paths[Math.min(Math.max(next, 0), paths.length - 1)], true);
  });

  return {
    receive(message: ToRecognizePage) {
      switch (message.type) {
        case 'hydrateRecognize':
          shown = message;
          setText(gallery, galleryInWords(message));
          thresholdSlider.element.hidden = message.gallery === undefined;
          thresholdSlider.set(threshold());
          fill(notes, ...message.notes.map((note) => element('p', { class: 'note' }, note)));
          notes.hidden = message.notes.length === 0;
          tellWork(message.work);
          return draw();
        case 'recognized': {
          if (shown === undefined) return;
          const { photograph: now } = message;
          shown.photographs = shown.photographs.map((known) => (known.path === now.path ? now : known));
          tellWork(message.work);
          return now.path === chosen ? show() : nameAll();
        }
        case 'thumbnails':
          pictures.receive(message.made);
          answers.drawPictures();
          if (message.made.some(({ path }) => path === chosen)) show();
          return;
      }
    },
    dispose() {
      endDrops();
      pictures.clear();
    },
  };
}

function galleryInWords({ gallery }: HydrateRecognize): string {
  if (gallery === undefined) return l10n.t('No gallery is chosen: it holds the people that faces are compared with.');
  const { name, people, pictures, model } = gallery;
  return [name, counted.people(people), counted.pictures(pictures), l10n.t('embeddings of {0}', model)].join(' · ');
}
