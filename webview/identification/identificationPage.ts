import * as l10n from '@vscode/l10n';
import { treatmentRows } from '../../src/evaluate/recipeRows';
import type { CountedRate } from '../../src/protocol/countedRate';
import type { IdentificationReport } from '../../src/protocol/identificationReport';
import type { HydrateIdentification } from '../../src/protocol/webview';
import { percent } from '../../src/words/rates';
import {
  claimNote,
  countedText,
  identificationInShort,
  openSetWords,
  rank1Title,
  verificationWords,
} from '../../src/words/rateWords';
import { intervalBar, leastOf, rateTable } from '../chart/rateTable';
import { element } from '../element';
import { dateTime } from '../format';
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
      [
        ...(['html', 'json'] as const).map((format) =>
          button({
            label: l10n.t('Export {0}…', format.toUpperCase()),
            title: format === 'html' ? l10n.t('One file with what stands here') : l10n.t('All numbers'),
            onClick: () => host.post({ type: 'exportIdentification', format }),
          }),
        ),
        button({ label: l10n.t('Reveal Run Folder'), onClick: () => host.post({ type: 'revealFolder' }) }),
      ],
      element('p', { class: 'activity' }, identificationInShort(report)),
    ),
    ...(notes.length === 0
      ? []
      : [element('div', { class: 'notes' }, ...notes.map((note) => element('p', { class: 'note' }, note)))]),
    rank1Card(rank1, least),
    rateTable(verificationWords(), verification, least),
    rateTable(openSetWords(), identification, least),
    element('p', { class: 'none' }, claimNote()),
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
      element('span', { class: 'figure-label' }, rank1Title()),
      element('span', { class: 'figure-value' }, percent(rank1.rate)),
      intervalBar(rank1, least),
      element('span', { class: 'figure-detail' }, countedText(rank1)),
    ),
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
