import * as l10n from '@vscode/l10n';
import type { HydrateCompare } from '../../src/protocol/webview';
import { element, fill, setText } from '../element';
import type { Host } from '../host';
import { pageHead } from '../pageHead';
import { takeDrops } from '../recognize/dropping';
import type { Page } from '../showPage';
import { button, linkButton } from '../ui';
import { facePair } from './facePair';
import { faceTable } from './faceTable';
import { type FacePair, nearestPairs } from './pairs';

/** The tab of Compare Faces: faces of photographs, how far they are from one another, and whether that is one person. */
export function comparePage(root: HTMLElement, host: Host<'compare'>): Page<'compare'> {
  let shown: HydrateCompare | undefined;
  /** By their photographs, as indices change with what is added. */
  let chosen = host.saved<[string, string]>('pair');

  const model = element('p', { class: 'activity' });
  const notes = element('div', { class: 'notes', role: 'status' });
  const working = element('p', { class: 'none', role: 'status' });
  const actions = [
    button({
      label: l10n.t('Add Photographs…'),
      appearance: 'primary',
      onClick: () => host.post({ type: 'addPhotographs' }),
    }),
    button({ label: l10n.t('Choose Model…'), onClick: () => host.post({ type: 'chooseModel' }) }),
  ];
  const pair = facePair((path) => host.post({ type: 'openImage', path }));
  const table = faceTable((other) => choose(other));
  const tableCard = element('section', { class: 'card' }, element('div', { class: 'table-scroll' }, table.element));
  const explanation = element(
    'p',
    { class: 'none' },
    l10n.t('Of each photograph the face that the detector is surest of, cut out as the model wants it.'),
  );
  root.replaceChildren(
    pageHead(element('h1', {}, l10n.t('Compare Faces')), actions, model),
    ...[notes, working, pair.element, tableCard, explanation],
  );
  const endDrops = takeDrops(root, (uris) => host.post({ type: 'dropped', uris }));

  const placeOf = (path: string | undefined): number =>
    shown?.photographs.findIndex((photograph) => photograph.path === path) ?? -1;

  function choose([a, b]: FacePair): void {
    if (shown?.result === undefined) return;
    const { photographs, result } = shown;
    chosen = [photographs[a]!.path, photographs[b]!.path];
    host.save('pair', chosen);
    pair.show(photographs, result, [a, b]);
    table.mark([a, b]);
  }
  function draw(): void {
    const { photographs = [], result } = shown ?? {};
    const pairs = result === undefined ? [] : nearestPairs(photographs.length, result);
    pair.element.hidden = explanation.hidden = pairs.length === 0;
    tableCard.hidden = pairs.length < 2;
    if (result === undefined || pairs.length === 0) return;
    table.show(photographs, result);
    const [a, b] = [placeOf(chosen?.[0]), placeOf(chosen?.[1])];
    choose(a >= 0 && b > a ? [a, b] : pairs[0]!);
  }

  return {
    receive(message) {
      shown = message;
      setText(model, l10n.t('embeddings of {0}', message.model));
      fill(notes, ...message.notes.map((note) => element('p', { class: 'note' }, note)));
      if (message.result !== undefined && message.result.threshold === undefined && message.photographs.length > 1)
        notes.append(unmeasured(() => host.post({ type: 'measureModel' })));
      notes.hidden = notes.childElementCount === 0;
      setText(working, message.working ? l10n.t('Looking for the faces…') : '');
      working.hidden = !message.working;
      draw();
    },
    dispose: endDrops,
  };
}

/** That nothing is known of the model's distances, and the way to know it. */
function unmeasured(measure: () => void): HTMLElement {
  return element(
    'p',
    { class: 'note' },
    l10n.t('No report of this model says below which distance two faces are one person.'),
    ' ',
    linkButton(l10n.t('Validate on LFW…'), measure),
  );
}
