import * as l10n from '@vscode/l10n';
import { treatmentRows } from '../../src/evaluate/recipeRows';
import type { CountedRate } from '../../src/protocol/countedRate';
import type { IdentificationReport } from '../../src/protocol/identificationReport';
import type { HydrateIdentification } from '../../src/protocol/webview';
import { percent } from '../../src/words/rates';
import { intervalBar, intervalText, leastOf, rateTable } from '../chart/rateTable';
import { element } from '../element';
import { dateTime, integer } from '../format';
import type { Host } from '../host';
import { pageHead } from '../pageHead';
import { recipeCard } from '../recipeCard';
import type { Page } from '../showPage';
import { button } from '../ui';

/** The tab of an identification report: are enrolled people found, and strangers refused? */
export function identificationPage(root: HTMLElement, host: Host<'identification'>): Page<'identification'> {
  return {
    receive: (message) => root.replaceChildren(...contentOf(message, host)),
    dispose: () => undefined,
  };
}

function contentOf({ report, title }: HydrateIdentification, host: Host<'identification'>): HTMLElement[] {
  const { rank1, verification, identification, notes } = report;
  const found = [...verification, ...identification].flatMap(({ at }) => (at === undefined ? [] : [at.found]));
  const least = leastOf([rank1, ...found]);
  return [
    pageHead(
      element('h1', {}, l10n.t('Identification: {0}', title)),
      [button({ label: l10n.t('Reveal Run Folder'), onClick: () => host.post({ type: 'revealFolder' }) })],
      element('p', { class: 'activity' }, inShort(report)),
    ),
    ...(notes.length === 0
      ? []
      : [element('div', { class: 'notes' }, ...notes.map((note) => element('p', { class: 'note' }, note)))]),
    rank1Card(rank1, least),
    rateTable(
      {
        title: l10n.t('Verification'),
        note: l10n.t('a probe compared with one person: is it the same?'),
        ...{
          found: 'TAR',
          alarm: 'FAR',
          none: l10n.t('there are no comparisons with other people'),
          bound: l10n.t('cosine above'),
        },
      },
      ...[verification, least],
    ),
    rateTable(
      {
        title: l10n.t('Open-set identification'),
        note: l10n.t('the nearest person is the right one and near enough, strangers are refused'),
        ...{
          found: 'DIR',
          alarm: 'FPIR',
          none: l10n.t('there are no images of unknown people'),
          bound: l10n.t('cosine above'),
        },
      },
      ...[identification, least],
    ),
    element(
      'p',
      { class: 'none' },
      l10n.t(
        'Below 3 / n no rate can be claimed, n the number of comparisons that can go wrong: with none wrong of n the true rate may still be 3 / n. Intervals are Wilson’s.',
      ),
    ),
    recipeOf(report),
  ];
}

function rank1Card(rank1: CountedRate, least: number): HTMLElement {
  return element(
    'section',
    { class: 'figures big', 'aria-label': l10n.t('Rank-1') },
    element(
      'div',
      { class: 'figure' },
      element('span', { class: 'figure-label' }, l10n.t('Rank-1: the nearest person is the right one')),
      element('span', { class: 'figure-value' }, percent(rank1.rate)),
      intervalBar(rank1, least),
      element(
        'span',
        { class: 'figure-detail' },
        l10n.t('{0} of {1}; 95 % interval {2}', integer(rank1.hits), integer(rank1.of), intervalText(rank1)),
      ),
    ),
  );
}

function inShort({ gallery, probes }: IdentificationReport): string {
  return l10n.t(
    'Gallery: {0} people, {1} images · probes: {2} images of them, {3} of strangers',
    ...[gallery.people, gallery.images, probes.enrolled, probes.unknown].map(integer),
  );
}

/** How the images were treated. */
function recipeOf({ recipe, model, gallery, probes, createdAt }: IdentificationReport): HTMLElement {
  return recipeCard([
    [l10n.t('Model'), model.path],
    [l10n.t('Gallery'), gallery.dir],
    [l10n.t('Probes'), probes.dir],
    ...treatmentRows(recipe),
    [l10n.t('Measured'), dateTime(createdAt)],
  ]);
}
