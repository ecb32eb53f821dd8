import type { IdentificationReport } from '../../protocol/identificationReport';
import { percent } from '../../words/rates';
import {
  claimNote,
  countedText,
  identificationInShort,
  openSetWords,
  rank1Title,
  verificationWords,
} from '../../words/rateWords';
import { treatmentRows } from '../recipeRows';
import { htmlDocument, list, table } from './document';
import { escapeHtml } from './markup';
import { ratesSection } from './ratesSection';

/** The report of an identification as one HTML file that needs nothing else, with what its tab shows. */
export function identificationPage(report: IdentificationReport): string {
  const { model, rank1, verification, identification, notes, gallery, probes, recipe, createdAt } = report;
  const step = model.step === undefined ? '' : `, step ${model.step}`;
  const subject: [string, string][] = [
    ['Model', model.path],
    ['Gallery', gallery.dir],
    ['Probes', probes.dir],
    ...treatmentRows(recipe),
  ];
  return htmlDocument(
    `Identification: ${model.name}${step}`,
    [
      `<p class="muted">${escapeHtml(identificationInShort(report))} · ${escapeHtml(createdAt)}</p>`,
      `<h2>${escapeHtml(rank1Title())}</h2>`,
      `<p><strong>${percent(rank1.rate)}</strong> <span class="muted">${escapeHtml(countedText(rank1))}</span></p>`,
      ratesSection(verificationWords(), verification),
      ratesSection(openSetWords(), identification),
      `<p class="muted">${escapeHtml(claimNote())}</p>`,
      `<h2>Recipe</h2>${table(['Measured on', ''], subject)}`,
      list('Notes', notes),
    ].join('\n'),
  );
}
